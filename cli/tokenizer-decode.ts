/** malmoi tokenizer decode: one line of text a line of ids. */
import { FailedError } from '../pipeline/contract.ts'
import { OUT, readTextLines, writeAll } from './records.ts'
import { openTokenizer, TOKENIZER } from './tokenizer-file.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '--tokenizer X.model [FILE] [--out FILE]',
  details: `
  echo '312 45 7' | malmoi tokenizer decode --tokenizer ko.model`,
  options: { tokenizer: TOKENIZER, out: OUT },
  async run(call) {
    const { tokenizer } = await openTokenizer(call)
    async function* lines() {
      let number = 0
      for await (const line of readTextLines(call.positionals[0])) {
        number++
        const ids = line
          .split(' ')
          .filter((id) => id !== '')
          .map(Number)
        const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= tokenizer.vocabSize)
        if (wrong !== undefined)
          throw new FailedError(
            `line ${number}: ${wrong} is no id of this tokenizer`,
            `ids go from 0 to ${tokenizer.vocabSize - 1}`,
          )
        yield tokenizer.decode(ids)
      }
    }
    await writeAll(call.text('out'), lines())
  },
}
