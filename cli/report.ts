/** What a person sees on standard error while stages run: a moving line on a terminal, one line a stage elsewhere. */
import type { Reporter } from '../pipeline/execute.ts'

const BAR = 24
const REDRAW_MS = 100

export function createReporter(stream: NodeJS.WriteStream): Reporter {
  const live = stream.isTTY === true
  let lastDrawn = 0

  return {
    begin(stage, subject) {
      const started = performance.now()
      const name = `${stage.padEnd(11)} ${subject}`
      const clear = () => live && stream.write('\r\u001b[K')
      if (live) stream.write(`\r\u001b[K${name} …`)
      return {
        progress(done, of, note) {
          if (!live || performance.now() - lastDrawn < REDRAW_MS) return
          lastDrawn = performance.now()
          const count = of === null ? `${done}` : `${bar(done / Math.max(1, of))} ${done}/${of}`
          const left = of === null || done === 0 ? '' : `, ${remaining(started, done, of)} left`
          stream.write(
            `\r\u001b[K${name} ${count}${note ? `  ${note}` : ''}${left}`.slice(0, (stream.columns ?? 100) + 4),
          )
        },
        end(outcome, note) {
          clear()
          const seconds = ((performance.now() - started) / 1000).toFixed(1)
          stream.write(`${outcome === 'done' ? '✓' : '✗'} ${name}  ${seconds} s${note ? `  ${note}` : ''}\n`)
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
  const seconds = (((performance.now() - started) / 1000) * (of - done)) / done
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}
