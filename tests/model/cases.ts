/**
 * One small graph for every primitive and composite, with inputs: gradients and the ONNX lowering are held to them.
 */
import { causalAttention, causalMask, crossEntropy, gelu, layerNorm, mean } from '../../model/graph/composites.ts'
import type { ElementType, Node, Op, Shape } from '../../model/graph/node.ts'
import { elements } from '../../model/graph/node.ts'
import * as ops from '../../model/graph/ops.ts'
import { randomStream } from '../../model/random.ts'

export interface Case {
  readonly name: string
  /** The primitive it is there for; null for a composite. */
  readonly kind: Op['kind'] | null
  readonly inputs: Readonly<
    Record<string, { readonly shape: Shape; readonly type?: ElementType; readonly values?: readonly number[] }>
  >
  readonly build: (x: (name: string) => Node) => Node
}

const x23 = { x: { shape: [2, 3] } }
const ab = (a: Shape, b: Shape) => ({ a: { shape: a }, b: { shape: b } })
const rows = { shape: [4], type: 'int', values: [2, 0, 2, 1] } as const
const positive = { x: { shape: [2, 3], values: [0.5, 1, 2, 0.1, 3, 0.7] } }

export const cases: readonly Case[] = [
  { name: 'an input', kind: 'input', inputs: x23, build: (x) => x('x') },
  {
    name: 'a constant',
    kind: 'constant',
    inputs: x23,
    build: (x) => ops.mul(x('x'), ops.constant(Float32Array.of(1, -2, 3), [3])),
  },
  { name: 'a fill', kind: 'fill', inputs: x23, build: (x) => ops.mul(x('x'), ops.fill(-1.5, [2, 3])) },
  { name: 'negation', kind: 'neg', inputs: x23, build: (x) => ops.neg(x('x')) },
  { name: 'the exponential', kind: 'exp', inputs: x23, build: (x) => ops.exp(x('x')) },
  { name: 'the logarithm', kind: 'log', inputs: positive, build: (x) => ops.log(x('x')) },
  { name: 'the square root', kind: 'sqrt', inputs: positive, build: (x) => ops.sqrt(x('x')) },
  {
    name: 'the error function',
    kind: 'erf',
    inputs: { x: { shape: [7], values: [-3.5, -1, -0.2, 0, 0.3, 2.9, 3.1] } },
    build: (x) => ops.erf(x('x')),
  },
  { name: 'a sum of equal shapes', kind: 'add', inputs: ab([2, 3], [2, 3]), build: (x) => ops.add(x('a'), x('b')) },
  { name: 'a sum with a broadcast row', kind: 'add', inputs: ab([2, 3], [3]), build: (x) => ops.add(x('a'), x('b')) },
  {
    name: 'a difference with broadcast columns',
    kind: 'sub',
    inputs: ab([2, 1], [2, 3]),
    build: (x) => ops.sub(x('a'), x('b')),
  },
  {
    name: 'a product broadcast both ways',
    kind: 'mul',
    inputs: ab([2, 1, 3], [4, 1]),
    build: (x) => ops.mul(x('a'), x('b')),
  },
  { name: 'a square', kind: 'mul', inputs: x23, build: (x) => ops.mul(x('x'), x('x')) },
  {
    name: 'a quotient',
    kind: 'div',
    inputs: { a: { shape: [3] }, b: positive.x },
    build: (x) => ops.div(x('a'), x('b')),
  },
  { name: 'a sum over one axis', kind: 'sum', inputs: { x: { shape: [2, 3, 2] } }, build: (x) => ops.sum(x('x'), [1]) },
  {
    name: 'a sum over two axes',
    kind: 'sum',
    inputs: { x: { shape: [2, 3, 2] } },
    build: (x) => ops.sum(x('x'), [0, 2]),
  },
  {
    name: 'a maximum, stopped',
    kind: 'max',
    inputs: x23,
    build: (x) => ops.mul(ops.stop(ops.max(x('x'), [1])), ops.scalar(0)),
  },
  { name: 'softmax', kind: 'softmax', inputs: { x: { shape: [2, 2, 4] } }, build: (x) => ops.softmax(x('x')) },
  { name: 'a matrix product', kind: 'matmul', inputs: ab([2, 3], [3, 4]), build: (x) => ops.matmul(x('a'), x('b')) },
  {
    name: 'a batched matrix product',
    kind: 'matmul',
    inputs: ab([2, 2, 2, 3], [2, 2, 3, 2]),
    build: (x) => ops.matmul(x('a'), x('b')),
  },
  { name: 'a reshape', kind: 'reshape', inputs: x23, build: (x) => ops.reshape(x('x'), [3, 1, 2]) },
  {
    name: 'an expansion',
    kind: 'expand',
    inputs: { x: { shape: [2, 1] } },
    build: (x) => ops.expand(x('x'), [3, 2, 4]),
  },
  {
    name: 'a transposition',
    kind: 'transpose',
    inputs: { x: { shape: [2, 3, 4] } },
    build: (x) => ops.transpose(x('x'), [2, 0, 1]),
  },
  {
    name: 'a stop',
    kind: 'stop',
    inputs: x23,
    build: (x) => ops.add(x('x'), ops.mul(ops.stop(x('x')), ops.scalar(0))),
  },
  {
    name: 'gathered rows',
    kind: 'gather',
    inputs: { x: { shape: [3, 2] }, i: rows },
    build: (x) => ops.gather(x('x'), x('i')),
  },
  {
    name: 'scattered rows, one of them twice',
    kind: 'scatter',
    inputs: { ...ab([3, 2], [4, 2]), i: rows },
    build: (x) => ops.scatter(x('a'), x('i'), x('b')),
  },
  {
    name: 'picked elements',
    kind: 'pick',
    inputs: { x: { shape: [4, 3] }, i: rows },
    build: (x) => ops.pick(x('x'), x('i')),
  },
  {
    name: 'placed elements',
    kind: 'place',
    inputs: { ...ab([4, 3], [4, 1]), i: rows },
    build: (x) => ops.place(x('a'), x('i'), x('b')),
  },
  {
    name: 'two contributions, one placed',
    kind: null,
    inputs: { x: { shape: [4, 3] }, i: rows },
    build: (x) => ops.add(ops.sum(ops.exp(x('x')), [1]), ops.mul(ops.pick(x('x'), x('i')), ops.pick(x('x'), x('i')))),
  },
  { name: 'a mean', kind: null, inputs: x23, build: (x) => mean(x('x'), [0, 1]) },
  {
    name: 'layer normalisation',
    kind: null,
    inputs: { x: { shape: [3, 4] }, w: { shape: [4] }, b: { shape: [4] } },
    build: (x) => layerNorm(x('x'), x('w'), x('b'), 1e-5),
  },
  { name: 'GELU', kind: null, inputs: x23, build: (x) => gelu(x('x')) },
  {
    name: 'cross entropy',
    kind: null,
    inputs: { x: { shape: [4, 3] }, i: rows },
    build: (x) => crossEntropy(x('x'), x('i')),
  },
  {
    name: 'causal attention',
    kind: null,
    inputs: { q: { shape: [6, 4] }, k: { shape: [6, 4] }, v: { shape: [6, 4] } },
    build: (x) => causalAttention(x('q'), x('k'), x('v'), { batch: 2, length: 3, heads: 2, mask: causalMask(3) }),
  },
]

/** The graph of a case with its inputs by name. */
export function assemble(one: Case): {
  readonly output: Node
  readonly inputs: ReadonlyMap<string, Node>
  readonly feeds: Map<string, Float64Array>
} {
  const inputs = new Map(
    Object.entries(one.inputs).map(([name, { shape, type }]) => [name, ops.input(name, shape, type)]),
  )
  const output = one.build((name) => inputs.get(name) ?? ops.input(name, []))
  const feeds = new Map(
    Object.entries(one.inputs).map(([name, { shape, values }]) => {
      const random = randomStream(7, name)
      return [name, Float64Array.from(values ?? Array.from({ length: elements(shape) }, () => random.normal()))]
    }),
  )
  return { output, inputs, feeds }
}
