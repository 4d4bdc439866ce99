/**
 * Runs visits on Crawlee's BasicCrawler: concurrency and retries are Crawlee's; its files, logs, sessions, statistics
 * and robots handling are off, for the Frontier remembers and the caller reports.
 */
import { BasicCrawler, type BasicCrawlerOptions, Configuration, CriticalError, Log, LogLevel } from '@crawlee/basic'
import { RetryableError } from '../../pipeline/contract.ts'
import type { Admitted, FrontierManager } from './request-manager.ts'

/** What a visit asks for when it could not be finished; `at` null where another try is hopeless. */
export interface TryAgain {
  readonly reason: string
  /** On the manager's clock. */
  readonly at: number | null
}

export interface Visits {
  readonly manager: FrontierManager
  /** One request and what follows from it; `tries` made before. Anything it throws ends the drive. */
  readonly visit: (admitted: Admitted, tries: number) => Promise<TryAgain | null>
  /** After the last try. */
  readonly giveUp: (admitted: Admitted, reason: string) => Promise<void>
  readonly signal: AbortSignal | undefined
}

export interface Drive {
  /** Resolves when everything due was visited or the signal aborted, and nothing is in flight any more. */
  run(): Promise<void>
  /** An entry's time has come. */
  wake(): void
  /** Ends the drive with that error. */
  fail(error: unknown): void
}

const mostRetries = 3
/** Requests at once, over all hosts: Crawlee moves between these as processor, memory and event loop allow. */
const concurrency = { least: 32, first: 64, most: 256 }
/** Timers of Crawlee's that must not fire: the longest a timer can hold. */
const never = 2 ** 31 - 1
const oneDaySeconds = 86_400

function quietConfiguration(): Configuration {
  const configuration = new Configuration({
    persistStorage: false,
    purgeOnStart: false,
    persistStateIntervalMillis: never,
    // Reads /proc and the control group, where the first version starts `ps`.
    systemInfoV2: true,
  })
  // Nothing is stored there, and tearing it down would hold the process for a second.
  const storage = configuration.createMemoryStorage()
  Object.defineProperty(storage, 'teardown', { value: undefined })
  configuration.useStorageClient(storage)
  return configuration
}

/** Crawlee 3.18 knows the option `requestManager`, but the check of its options refuses it; the property is honoured. */
class FrontierCrawler extends BasicCrawler {
  constructor(manager: FrontierManager, options: BasicCrawlerOptions) {
    super(options, quietConfiguration())
    this.requestManager = manager
  }
}

/** Prepares a crawler over the manager; `run` may be called once. */
export function createDrive({ manager, visit, giveUp, signal }: Visits): Drive {
  const inFlight = new Set<Promise<void>>()
  /** An error of ours (a database that is gone), not of a page. */
  let broken: { readonly error: unknown } | null = null

  async function handle(key: string, tries: number): Promise<void> {
    const admitted = manager.admitted(key)
    const again = await visit(admitted, tries)
    if (again === null) return
    if (again.at === null || tries >= mostRetries) return await giveUp(admitted, again.reason)
    manager.retryAt(key, again.at)
    throw new RetryableError(again.reason)
  }

  const crawler = new FrontierCrawler(manager, {
    minConcurrency: concurrency.least,
    maxConcurrency: concurrency.most,
    autoscaledPoolOptions: { desiredConcurrency: concurrency.first },
    maxRequestRetries: mostRetries,
    requestHandlerTimeoutSecs: oneDaySeconds,
    useSessionPool: false,
    statusMessageLoggingInterval: oneDaySeconds,
    statisticsOptions: { logIntervalSecs: oneDaySeconds, persistenceOptions: { enable: false } },
    log: new Log({ level: LogLevel.OFF }),
    async requestHandler({ request }) {
      const handling = handle(request.uniqueKey, request.retryCount)
      inFlight.add(handling)
      try {
        await handling
      } catch (error) {
        if (error instanceof RetryableError) throw error
        broken ??= { error }
        throw new CriticalError('the crawl cannot go on', { cause: error })
      } finally {
        inFlight.delete(handling)
      }
    },
  })
  const wake = (): void => void crawler.autoscaledPool?.notify()
  const stop = (): void => {
    crawler.stop()
    wake()
  }

  return {
    wake,
    fail(error) {
      broken ??= { error }
      stop()
    },
    async run() {
      signal?.addEventListener('abort', stop, { once: true })
      try {
        if (signal?.aborted !== true) await crawler.run()
        if (broken !== null) throw broken.error
      } catch (error) {
        throw broken === null ? error : broken.error
      } finally {
        signal?.removeEventListener('abort', stop)
        manager.close()
        await Promise.allSettled(inFlight)
      }
    },
  }
}
