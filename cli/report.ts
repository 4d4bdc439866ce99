/**
 * What a person sees on standard error while stages run: on a terminal a few lines that are drawn again and again, each
 * crawl with a table of its hosts; elsewhere one line a stage, and of a long one its state now and then.
 */
import type { Meter } from '../crawler/meter.ts'
import type { Reporter } from '../pipeline/execute.ts'
import { crawlLine, createPace, hostTable } from './crawl-table.ts'
import { fit } from './table.ts'
import { duration } from './words.ts'

const BAR = 24
const REDRAW_MS = 250
/** Elsewhere than on a terminal. */
const STATE_EVERY_MS = 30_000
const HOSTS_SHOWN = 12

interface Active {
  readonly name: string
  readonly started: number
  line: string
  meter: Meter | null
  readonly pace: ReturnType<typeof createPace>
}

export function createReporter(stream: NodeJS.WriteStream): Reporter {
  const live = stream.isTTY === true
  const active = new Set<Active>()
  let drawn = 0
  let timer: NodeJS.Timeout | undefined

  /** The lines of everything that is going on, as many as fit. */
  function picture(): readonly string[] {
    const room = Math.max(3, (stream.rows ?? 24) - 2)
    const lines = [...active].flatMap((stage): readonly string[] => {
      if (stage.meter === null) return [stage.line]
      const rates = stage.pace(stage.meter)
      return [
        `${stage.name} ${crawlLine(stage.meter, rates, performance.now() - stage.started)}`,
        ...hostTable(stage.meter, rates, Math.max(3, Math.floor(HOSTS_SHOWN / active.size))),
      ]
    })
    return lines.slice(0, room).map((line) => fit(line, (stream.columns ?? 100) - 1))
  }

  function wipe(): void {
    if (drawn > 0) stream.write(`\u001b[${drawn}A\r\u001b[J`)
    drawn = 0
  }

  function draw(): void {
    timer = undefined
    wipe()
    const lines = picture()
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
    drawn = lines.length
  }

  function drawSoon(): void {
    if (live) timer ??= setTimeout(draw, REDRAW_MS).unref()
  }

  function state(): void {
    for (const { name, meter, started, pace, line } of active)
      stream.write(
        `… ${meter === null ? line : `${name} ${crawlLine(meter, pace(meter), performance.now() - started)}`}\n`,
      )
  }
  let stating: NodeJS.Timeout | undefined

  return {
    begin(stage, subject) {
      const started = performance.now()
      const name = `${stage.padEnd(11)} ${subject}`
      const here: Active = { name, started, line: `${name} …`, meter: null, pace: createPace() }
      active.add(here)
      drawSoon()
      if (!live) stating ??= setInterval(state, STATE_EVERY_MS).unref()
      return {
        progress(done, of, note) {
          const count = of === null ? `${done}` : `${bar(done / Math.max(1, of))} ${done}/${of}`
          const left = of === null || done === 0 ? '' : `, ${remaining(started, done, of)} left`
          here.line = `${name} ${count}${note ? `  ${note}` : ''}${left}`
          drawSoon()
        },
        crawled(meter) {
          here.meter = meter
          drawSoon()
        },
        end(outcome, note) {
          active.delete(here)
          const seconds = ((performance.now() - started) / 1000).toFixed(1)
          if (live) wipe()
          stream.write(`${outcome === 'done' ? '✓' : '✗'} ${name}  ${seconds} s${note ? `  ${note}` : ''}\n`)
          if (active.size > 0) return drawSoon()
          clearTimeout(timer)
          clearInterval(stating)
          timer = undefined
          stating = undefined
        },
      }
    },
  }
}

function bar(share: number): string {
  const full = Math.min(BAR, Math.max(0, Math.round(share * BAR)))
  return '█'.repeat(full) + '░'.repeat(BAR - full)
}

function remaining(started: number, done: number, of: number): string {
  return duration(((performance.now() - started) * (of - done)) / done)
}
