/** How far V8 lets the heap of this process grow beyond what is alive in it. */
import { setFlagsFromString } from 'node:v8'

/**
 * Collects garbage earlier while `work` runs. A crawl makes gigabytes of short-lived bytes and waits for the database
 * between them: left to itself V8 keeps 200 MB more than that needs, for no time won. Both flags are read anew at every
 * collection.
 */
export async function withSmallHeap(work: () => Promise<void>): Promise<void> {
  setFlags(1, 50)
  try {
    await work()
  } finally {
    // V8's own.
    setFlags(2, 0)
  }
}

function setFlags(newSpaceFactor: number, oldSpacePercent: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${newSpaceFactor}`)
  setFlagsFromString(`--heap-growing-percent=${oldSpacePercent}`)
}
