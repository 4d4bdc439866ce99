/**
 * Exact copies collapse before anything is compared: a row whose letters a lower row has is linked to the lowest of
 * those, and only that one takes part in near-duplicates.
 */
import { rowTable, sameWords } from './columns.ts'
import { ABSENT, KEPT, PENDING, type State } from './state.ts'

/** Whether the row is an exact copy of the row it is linked to. */
export function isCopy({ link, digest }: State, row: number): boolean {
  const to = link.words[row]!
  return to < PENDING && sameWords(digest, row, digest, to)
}

/** Links every copy; rows whose owner turns out to be undecided or a copy itself are left PENDING. One pass over all. */
export function collapseCopies(state: State): void {
  const { link, intersection, digest, count } = state
  const table = rowTable(digest, count)
  for (let row = 0; row < count; row++) {
    if (link.words[row] === ABSENT) continue
    const lowest = table.add(row)
    if (lowest !== row) {
      link.words[row] = lowest
      intersection.words[row] = 0
      continue
    }
    const owner = link.words[row]!
    if (owner < PENDING && link.words[owner] !== KEPT) link.words[row] = PENDING
  }
}
