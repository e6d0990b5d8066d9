"""The words shared by phone and server. Structs and enums only; imports msgspec and the stdlib."""
