/** Worker threads of this machine: an ordered parallel map with a bounded number of items under way. */
import { Piscina } from 'piscina'
import type { Task } from '../stage.ts'

export interface Executor {
  readonly workers: number
  map<Item, Result>(task: Task, items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Result>
  close(): Promise<void>
}

export function localExecutor(workers: number): Executor {
  let pool: Piscina | null = null
  const open = (module: string) => {
    pool ??= new Piscina({ filename: module, minThreads: 1, maxThreads: workers, idleTimeout: 2_000 })
    return pool
  }

  async function* map<Item, Result>(task: Task, items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Result> {
    const underWay: Promise<Result>[] = []
    const settled = async () => {
      const first = underWay.shift()
      if (first === undefined) throw new Error('nothing is under way')
      return first
    }
    try {
      for await (const item of items) {
        const result: Promise<Result> = open(task.module).run(item, { filename: task.module, name: task.name })
        // A later item that fails first must not count as unhandled while an earlier one is awaited.
        result.catch(() => {})
        underWay.push(result)
        if (underWay.length >= workers * 2) yield await settled()
      }
      while (underWay.length > 0) yield await settled()
    } finally {
      await Promise.allSettled(underWay)
    }
  }

  return {
    workers,
    map,
    async close() {
      await pool?.destroy()
    },
  }
}
