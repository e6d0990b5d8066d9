"""Screens by their addresses, and how to see that one fits."""

SMALLEST = {"width": 320, "height": 568}
"""The narrowest that WCAG 2.2 asks for (1.4.10)."""

SIDEWAYS = """() => {
  const page = document.scrollingElement
  const isWide = (one) => one.scrollWidth > one.clientWidth + 1
  const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
  const found = [...document.body.querySelectorAll('*')]
    .filter((one) => isWide(one) && scrolls(one) && !one.matches('textarea'))
  const out = page.scrollWidth > innerWidth
    ? [...document.body.querySelectorAll('*')].filter((one) => {
        const { right, width } = one.getBoundingClientRect()
        return width > 1 && right > innerWidth + 1
      })
    : []
  return [...found, ...out].map((one) => `${one.tagName}.${one.className} ${one.innerText}`
    .slice(0, 90))
}"""
"""What scrolls sideways, or stands out of the page."""

BROKEN_WORDS = """() => [...document.querySelectorAll('h1')].flatMap((heading) => {
  const text = heading.firstChild
  const words = [...(text?.data ?? '').matchAll(/\\S+/g)]
  const lines = (word) => {
    const range = document.createRange()
    range.setStart(text, word.index)
    range.setEnd(text, word.index + word[0].length)
    return range.getClientRects().length
  }
  return words.filter((word) => lines(word) > 1).map(([word]) => word)
})"""
"""Words of a heading that go on in another line."""

Place = tuple[str, str]
"""An address, and what tells that its screen is shown."""


def tid(testid: str) -> str:
    """Return the selector of a test id."""
    return f"[data-testid={testid}]"


DESK_PLACES: dict[str, Place] = {
    "new": ("/desk", tid("case-row")),
    "open": ("/desk/open", tid("case-row")),
    "left": ("/desk/left", tid("list-count")),
    "contacts": ("/desk/contacts", "main"),
    "conflicts": ("/desk/conflicts", tid("conflict-card")),
    "phones": ("/desk/phones", tid("phone-row")),
    "calls": ("/calls", "main"),
    "upkeep": ("/desk/upkeep", tid("backups")),
    "people": ("/people", "main li a"),
    "records": ("/records", tid("school-records")),
    "search": ("/search", "#query"),
    "outbox": ("/outbox", tid("send-now")),
    "settings": ("/settings", tid("device")),
}
