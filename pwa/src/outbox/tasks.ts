/** What a deed makes of a call on the list, before the server has answered. Pure: no clock. */
import type { Task } from '../wire/types.gen.ts'
import type { Deed } from './entry.ts'

const FREE = { holder_id: null, until: null }

/**
 * The task as its person sees it from the tap on. A claim shows no `until`: only the server gives
 * time, and until it has answered the claim is a wish.
 */
export function movedTask(task: Task, deed: Deed, author: string): Task {
  if (deed.op === 'task.complete') return completed(task, deed, author)
  if (task.status !== 'open') return task
  switch (deed.op) {
    case 'task.claim':
      return claimed(task, author)
    case 'task.release':
      return task.holder_id === author ? { ...task, ...FREE } : task
    case 'task.cancel':
      return { ...task, ...FREE, status: 'cancelled' }
    default:
      return task
  }
}

/** Whoever holds it already keeps his token, as the server will have it. */
function claimed(task: Task, author: string): Task {
  const token = task.holder_id === author ? task.token : task.token + 1
  return { ...task, holder_id: author, until: null, token }
}

/** The first completion counts as the task's; a second person's is marked, and both are kept. */
function completed(task: Task, deed: Deed, author: string): Task {
  const isFirst = task.status !== 'done'
  const isSecond = !isFirst && task.done_by !== author
  const told = isSecond ? null : (deed.set['contact_id'] as Task['contact_id'] | undefined)
  const contact_id = task.contact_id ?? told ?? null
  if (!isFirst) {
    return { ...task, contact_id, duplicate_effort: task.duplicate_effort || isSecond }
  }
  return { ...task, ...FREE, status: 'done', done_by: author, contact_id }
}
