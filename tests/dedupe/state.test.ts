/** The state of deduplication against the definition evaluated from nothing, for any history. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyChanges } from '../../dedupe/apply.ts'
import { addLine, createChanges, type Position, removeDocument } from '../../dedupe/changes.ts'
import { type Deduplication, exactDuplicates, nearDuplicates } from '../../dedupe/config.ts'
import { lettersOf } from '../../dedupe/letters.ts'
import { shinglesOf } from '../../dedupe/shingles.ts'
import { sign } from '../../dedupe/signature.ts'
import { createState, decisions, type State } from '../../dedupe/state.ts'
import { readState, stateBytes } from '../../dedupe/state-file.ts'
import { jsonLines, withoutData } from '../support/shared-data.ts'
import { byDefinition, type Expected, type TextLine } from './brute-force.ts'

/** Few letters and a low threshold, so that edges, chains and copies are common in small texts. */
const small: Deduplication = { shingle: 2, leastShingles: 3, bands: 6, rows: 2, perMille: 600 }

/** Neighbours by index differ in a letter or two; distant ones in most: chains without end. */
const texts = [
  ...Array.from({ length: 12 }, (_, i) => '가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허'.slice(i, i + 9)),
  ...Array.from({ length: 6 }, (_, i) => `고노도로${'모보소오조초코토포호'.slice(i, i + 4)}구누두루`),
  '가나다 라마바 사아자',
  '가나다',
  '가나다라',
  '가나다라마',
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

/** Little memory, so that texts are read again; few rows that count as a crowd. */
const limits = fc.record({ held: fc.constantFrom(1, 40, 2 ** 20), crowd: fc.constantFrom(0, 1, 1000) })

interface Corpus {
  readonly lines: Map<string, TextLine>
  state: State
}

async function apply(corpus: Corpus, acts: readonly Act[], limits = {}): Promise<void> {
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
  await applyChanges(corpus.state, changes, (positions) => positions.map(textAt(corpus)), limits)
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
  { ...small, bands: 1, rows: 1 },
  { ...small, shingle: 1, perMille: 750 },
  exactDuplicates,
)

test('after any inserts, revisions and takedowns, in any portions, every state equals the definition from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, configs, limits, async (acts, config, limit) => {
      const corpus: Corpus = { lines: new Map(), state: createState(config) }
      let portion: Act[] = []
      for (const act of [...acts, { kind: 'apply' } as const]) {
        if (act.kind === 'line' || act.kind === 'remove') {
          portion.push(act)
          continue
        }
        await apply(corpus, oneLineEach(portion), limit)
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
    { numRuns: 2000 },
  )
})

test('real petitions, arriving in two nights, are decided as the definition decides them', {
  skip: withoutData,
}, async () => {
  const petitions = jsonLines<{ readonly id: string; readonly text: string }>('corpus/petitions.jsonl.zst')
  const corpus: Corpus = { lines: new Map(), state: createState(nearDuplicates) }
  const acts = petitions.map(({ id, text }, place): Act => {
    return { kind: 'line', line: { id, batch: place % 3 === 0 ? '1' : '2', place, text } }
  })
  await apply(
    corpus,
    acts.filter((_, i) => i % 3 !== 0),
  )
  await apply(
    corpus,
    acts.filter((_, i) => i % 3 === 0),
  )
  const duplicates = found(corpus).filter(({ owner }) => owner !== null)
  assert.ok(
    duplicates.some(({ intersection, union }) => intersection < union),
    'near-duplicates among them',
  )
  assert.deepEqual(found(corpus), expected(corpus))
})

test('a chain a~b~c drops b and keeps c, and c goes to b once a is taken down', async () => {
  const corpus = await corpusOf({ a: texts[0]!, b: texts[1]!, c: texts[2]! })
  const of = () => found(corpus).map(({ id, owner }) => [id, owner])
  assert.deepEqual(of(), [
    ['a', null],
    ['b', 'a'],
    ['c', null],
  ])
  await apply(corpus, [{ kind: 'remove', id: 'a' }])
  assert.deepEqual(of(), [
    ['b', null],
    ['c', 'b'],
  ])
})

test('a kept document that becomes a copy of a dropped one gives up what it owned', async () => {
  // q owns w; then u (similar to q, not to w) and x (a copy of q) enter before it.
  const corpus = await corpusOf({ q: texts[1]!, w: texts[2]! })
  assert.deepEqual(
    found(corpus).map(({ owner }) => owner),
    [null, 'q'],
  )
  const enter = (id: string, place: number, text: string): Act => ({
    kind: 'line',
    line: { id, batch: '0', place, text },
  })
  await apply(corpus, [enter('u', 1, texts[0]!), enter('x', 2, ` ${texts[1]!}`)])
  assert.deepEqual(
    found(corpus).map(({ id, owner }) => [id, owner]),
    [
      ['u', null],
      ['x', 'u'],
      ['q', 'u'],
      ['w', null],
    ],
  )
})

test('what a lost owner owned finds an owner of its own, by keys that nothing new has', async () => {
  // n ~ u ~ w ~ x, each with its neighbours alone; u owns w until n enters before it and drops u.
  const [n, u, w, x] = texts
  const others = Array.from({ length: 60 }, (_, i) => [
    `other${i}`,
    String.fromCharCode(...Array.from({ length: 9 }, (_, j) => 0xb000 + i * 40 + j)),
  ])
  const corpus = await corpusOf({ ...Object.fromEntries(others), u: u!, x: x!, w: w! })
  const owners = () => found(corpus).flatMap(({ id, owner }) => (owner === null ? [] : [[id, owner]]))
  assert.deepEqual(owners(), [['w', 'u']])
  await apply(corpus, [{ kind: 'line', line: { id: 'n', batch: '0', place: 0, text: n! } }])
  assert.deepEqual(owners(), [
    ['u', 'n'],
    ['w', 'x'],
  ])
})

test('a night of new documents reads no text beyond those it is compared with', async () => {
  const corpus = await corpusOf(Object.fromEntries(texts.slice(0, 12).map((text, i) => [`d${i}`, text])))
  const line: TextLine = { id: 'new', batch: '9', place: 0, text: '고노도로토포호하코누구' }
  corpus.lines.set('9 0', line)
  const changes = createChanges(corpus.state.config)
  addLine(changes, { id: 'new', batch: '9', place: 0, signature: sign(line.text ?? '', corpus.state.config) })
  const applied = await applyChanges(corpus.state, changes, (positions) => positions.map(textAt(corpus)))
  assert.deepEqual(applied, { decided: 1, compared: 0, read: 0 })
})

async function corpusOf(documents: Readonly<Record<string, string>>): Promise<Corpus> {
  const corpus: Corpus = { lines: new Map(), state: createState({ ...small, bands: 12, rows: 1, perMille: 700 }) }
  const acts = Object.entries(documents).map(
    ([id, text], place): Act => ({ kind: 'line', line: { id, batch: '1', place, text } }),
  )
  await apply(corpus, acts)
  return corpus
}

test('two documents of one position, and a text that is not the one signed, are refused', async () => {
  const changes = createChanges(small)
  const signature = sign(texts[0]!, small)
  for (const id of ['a', 'b']) addLine(changes, { id, batch: '1', place: 4, signature })
  await assert.rejects(
    applyChanges(createState(small), changes, () => []),
    /one position: place 4/,
  )

  const wrong = createChanges(small)
  for (const [place, text] of texts.slice(0, 2).entries()) {
    addLine(wrong, { id: text, batch: '1', place, signature: sign(text, small) })
  }
  const read = () => [texts[5]!, texts[6]!]
  await assert.rejects(applyChanges(createState(small), wrong, read), /place 0 of batch 1 is not the one/)
})

test('a state that was cut short, changed or is of another form is refused', async () => {
  const bytes = bytesOf((await corpusOf({ a: texts[0]!, b: texts[1]! })).state)
  assert.ok(bytesOf(await readState([bytes])).equals(bytes))
  await assert.rejects(readState([bytes.subarray(0, -1)]), /cut short/)
  await assert.rejects(readState([bytes, Buffer.from('x')]), /damaged/)
  const changed = Buffer.from(bytes)
  changed[bytes.length - 40]! ^= 1
  await assert.rejects(readState([changed]), /damaged/)
  await assert.rejects(readState([Buffer.from('something else altogether')]), /no deduplication state/)
})

test('a hundred thousand equal documents are one comparison of their letters each', async () => {
  const changes = createChanges(small)
  const signature = sign(texts[0]!, small)
  for (let place = 0; place < 100_000; place++) addLine(changes, { id: `${place}`, batch: '1', place, signature })
  const state = createState(small)
  assert.deepEqual(await applyChanges(state, changes, () => []), { decided: 1, compared: 0, read: 0 })
  assert.equal([...decisions(state)].filter(({ owner }) => owner?.row === 0).length, 99_999)
})
