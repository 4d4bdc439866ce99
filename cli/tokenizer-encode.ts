/** malmoi tokenizer encode: one line of ids a line of text. */
import { OUT, readTextLines, writeAll } from './records.ts'
import { openTokenizer, TOKENIZER } from './tokenizer-file.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '--tokenizer X.model [FILE] [--out FILE]',
  details: `
  echo '말모이는 낱말을 모은다' | malmoi tokenizer encode --tokenizer ko.model`,
  options: { tokenizer: TOKENIZER, out: OUT },
  async run(call) {
    const { tokenizer } = await openTokenizer(call)
    async function* lines() {
      for await (const line of readTextLines(call.positionals[0])) yield tokenizer.encode(line).join(' ')
    }
    await writeAll(call.text('out'), lines())
  },
}
