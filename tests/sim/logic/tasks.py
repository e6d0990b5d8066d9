"""Mirror of ``pwa/src/outbox/tasks.ts``: what a deed makes of a call on the list. Pure."""

from tests.sim.logic.entry import Deed, Json

_FREE: Json = {"holder_id": None, "until": None}


def moved_task(task: Json, deed: Deed, author: str) -> Json:
    """Return the task as its person sees it from the tap on."""
    if deed.op == "task.complete":
        return _completed(task, deed, author)
    if task["status"] != "open":
        return task
    if deed.op == "task.claim":
        token = task["token"] + (task["holder_id"] != author)
        return {**task, "holder_id": author, "until": None, "token": token}
    if deed.op == "task.release" and task["holder_id"] == author:
        return {**task, **_FREE}
    if deed.op == "task.cancel":
        return {**task, **_FREE, "status": "cancelled"}
    return task


def _completed(task: Json, deed: Deed, author: str) -> Json:
    is_first = task["status"] != "done"
    is_second = not is_first and task["done_by"] != author
    told = None if is_second else deed.set.get("contact_id")
    contact_id = task["contact_id"] or told
    if not is_first:
        is_duplicate = task["duplicate_effort"] or is_second
        return {**task, "contact_id": contact_id, "duplicate_effort": is_duplicate}
    done = {"status": "done", "done_by": author, "contact_id": contact_id}
    return {**task, **_FREE, **done}
