/** The state of deduplication against the definition evaluated from nothing, for any history. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyChanges } from '../../dedupe/apply.ts'
import { addLine, createChanges, type Position, removeDocument } from '../../dedupe/changes.ts'
import { type Deduplication, exactDuplicates } from '../../dedupe/config.ts'
import { lettersOf } from '../../dedupe/letters.ts'
import { shinglesOf } from '../../dedupe/shingles.ts'
import { sign } from '../../dedupe/signature.ts'
import { createState, decisions, type State } from '../../dedupe/state.ts'
import { readState, stateBytes } from '../../dedupe/state-file.ts'
import { byDefinition, type Expected, type TextLine } from './brute-force.ts'

/** Few letters and a low threshold, so that edges, chains and copies are common in small texts. */
const small: Deduplication = { shingle: 2, bands: 6, rows: 2, perMille: 600 }

/** Neighbours by index differ in a letter or two; distant ones in most: chains without end. */
const texts = [
  ...Array.from({ length: 12 }, (_, i) => '가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허'.slice(i, i + 9)),
  ...Array.from({ length: 6 }, (_, i) => `고노도로${'모보소오조초코토포호'.slice(i, i + 4)}구누두루`),
  '가나다 라마바 사아자',
  '가',
  ' 가 ',
  '',
  '나',
]

type Act =
  | { readonly kind: 'line'; readonly line: TextLine }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'apply' | 'reload' }

const line = fc
  .record({ document: fc.nat(11), night: fc.nat(5), text: fc.option(fc.constantFrom(...texts), { freq: 6 }) })
  .map(({ document, night, text }): Act => {
    const batch = `2026-11-0${night}\n${document % 2 === 0 ? 'hani' : 'wiki'}`
    return { kind: 'line', line: { id: `d${document}`, batch, place: document * 7, text } }
  })

const history = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: line },
    { weight: 1, arbitrary: fc.nat(11).map((document): Act => ({ kind: 'remove', id: `d${document}` })) },
    { weight: 3, arbitrary: fc.constantFrom<Act>({ kind: 'apply' }, { kind: 'reload' }) },
  ),
  { minLength: 1, maxLength: 40 },
)

interface Corpus {
  readonly lines: Map<string, TextLine>
  state: State
}

async function apply(corpus: Corpus, acts: readonly Act[], held?: number): Promise<void> {
  const changes = createChanges(corpus.state.config)
  const gone = new Set(acts.flatMap((act) => (act.kind === 'remove' ? [act.id] : [])))
  for (const act of acts) {
    if (act.kind === 'remove') removeDocument(changes, act.id)
    if (act.kind !== 'line') continue
    const { text, ...position } = act.line
    addLine(changes, { ...position, signature: text === null ? null : sign(text, corpus.state.config) })
    corpus.lines.set(`${position.batch} ${position.place}`, act.line)
  }
  for (const [key, { id }] of corpus.lines) if (gone.has(id)) corpus.lines.delete(key)
  await applyChanges(corpus.state, changes, (positions) => positions.map(textAt(corpus)), held)
}

function textAt({ lines }: Corpus): (position: Position) => string {
  return ({ batch, place }) => {
    const text = lines.get(`${batch} ${place}`)?.text
    assert.ok(typeof text === 'string', 'only texts that are there are asked for')
    return text
  }
}

function found({ state, lines }: Corpus): readonly Expected[] {
  const idAt = ({ batch, place }: Position) => lines.get(`${batch} ${place}`)?.id ?? '?'
  return [...decisions(state)].map(({ text, owner, intersection, union }) => ({
    id: idAt(text),
    owner: owner === null ? null : idAt(owner.text),
    intersection,
    union,
  }))
}

function expected({ state, lines }: Corpus): readonly Expected[] {
  return byDefinition([...lines.values()], state.config, (text) => shinglesOf(lettersOf(text), state.config.shingle))
}

/** In one batch a document has one line: of several the last counts, as in a night that is read again. */
function oneLineEach(acts: readonly Act[]): readonly Act[] {
  const last = new Map(acts.map((act, i) => [act.kind === 'line' ? `${act.line.batch} ${act.line.id}` : `${i}`, i]))
  const kept = new Set(last.values())
  return acts.filter((_, i) => kept.has(i))
}

function bytesOf(state: State): Buffer {
  return Buffer.concat([...stateBytes(state)])
}

const configs = fc.constantFrom(
  small,
  { ...small, perMille: 500 },
  { ...small, shingle: 1, perMille: 750 },
  exactDuplicates,
)

test('after any inserts, revisions and takedowns, in any portions, every state equals the definition from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, configs, fc.constantFrom(1, 40, 2 ** 20), async (acts, config, held) => {
      const corpus: Corpus = { lines: new Map(), state: createState(config) }
      let portion: Act[] = []
      for (const act of [...acts, { kind: 'apply' } as const]) {
        if (act.kind === 'line' || act.kind === 'remove') {
          portion.push(act)
          continue
        }
        await apply(corpus, oneLineEach(portion), held)
        portion = []
        assert.deepEqual(found(corpus), expected(corpus))
        if (act.kind === 'reload') corpus.state = await readState(stateBytes(corpus.state))
      }
    }),
    { numRuns: 1500 },
  )
})

test('the same lines in any order and any portions give the same bytes', async () => {
  const shuffled = fc
    .array(line, { maxLength: 30 })
    .map((acts) => [...new Map(oneLineEach(acts).map((act) => [JSON.stringify(act), act])).values()])
    .chain((acts) => fc.tuple(fc.constant(acts), fc.shuffledSubarray(acts, { minLength: acts.length }), fc.nat(30)))
  await fc.assert(
    fc.asyncProperty(shuffled, async ([acts, arrived, cut]) => {
      const whole: Corpus = { lines: new Map(), state: createState(small) }
      const portions: Corpus = { lines: new Map(), state: createState(small) }
      await apply(whole, acts)
      await apply(portions, arrived.slice(cut))
      await apply(portions, arrived.slice(0, cut))
      assert.ok(bytesOf(portions.state).equals(bytesOf(whole.state)))
    }),
    { numRuns: 500 },
  )
})
