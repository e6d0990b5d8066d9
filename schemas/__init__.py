<<<<<<< HEAD
"""The words shared by phone and server. Structs and enums only; imports msgspec and the stdlib."""
=======
"""The words that phone and server share: structs and enums, no behaviour."""
>>>>>>> tools
