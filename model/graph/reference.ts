/**
 * Computes a graph in float64 by plain loops: the definition of what every primitive means.
 * Slow on purpose; tests hold gradients and the ONNX lowering against it.
 */
import type { BinaryKind, Node, Shape, UnaryKind } from './node.ts'
import { elements, topologicalOrder } from './node.ts'

/** The values of `outputs`, given the values of every input by name; row-major, ints held as float64. */
export function evaluate(outputs: readonly Node[], feeds: ReadonlyMap<string, ArrayLike<number>>): Float64Array[] {
  const values = new Map<Node, Float64Array>()
  const computed = (node: Node): Float64Array => {
    const value = values.get(node)
    if (value === undefined) throw new Error(`a ${node.op.kind} was read before it was computed`)
    return value
  }
  for (const node of topologicalOrder(outputs)) values.set(node, compute(node, node.inputs.map(computed), feeds))
  return outputs.map(computed)
}

const unaryFunctions: Readonly<Record<UnaryKind, (x: number) => number>> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  erf: errorFunction,
}

const binaryFunctions: Readonly<Record<BinaryKind, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
}

function compute(
  node: Node,
  inputs: readonly Float64Array[],
  feeds: ReadonlyMap<string, ArrayLike<number>>,
): Float64Array {
  const { op, shape } = node
  const [a = empty, b = empty, c = empty] = inputs
  const source = node.inputs[0]?.shape ?? []
  switch (op.kind) {
    case 'input': {
      const fed = feeds.get(op.name)
      if (fed?.length !== elements(shape))
        throw new Error(`input ${op.name} needs ${elements(shape)} values, got ${fed?.length ?? 'none'}`)
      return Float64Array.from(fed)
    }
    case 'constant':
      return Float64Array.from(op.data)
    case 'fill':
      return new Float64Array(elements(shape)).fill(op.value)
    case 'stop':
    case 'reshape':
      return a
    case 'neg':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'erf':
      return a.map(unaryFunctions[op.kind])
    case 'add':
    case 'sub':
    case 'mul':
    case 'div': {
      const f = binaryFunctions[op.kind]
      const [left, right] = [stretched(source, shape), stretched(node.inputs[1]?.shape ?? [], shape)]
      return generate(shape, (at) => f(a[offset(at, left)]!, b[offset(at, right)]!))
    }
    case 'expand': {
      const strides = stretched(source, shape)
      return generate(shape, (at) => a[offset(at, strides)]!)
    }
    case 'transpose': {
      const strides = op.permutation.map((axis) => elements(source.slice(axis + 1)))
      return generate(shape, (at) => a[offset(at, strides)]!)
    }
    case 'sum':
    case 'max': {
      const start = op.kind === 'sum' ? 0 : Number.NEGATIVE_INFINITY
      const result = new Float64Array(elements(shape)).fill(start)
      const strides = stretched(shape, source)
      forEachIndex(source, (at, i) => {
        const to = offset(at, strides)
        result[to] = op.kind === 'sum' ? result[to]! + a[i]! : Math.max(result[to]!, a[i]!)
      })
      return result
    }
    case 'softmax':
      return byRow(a, shape.at(-1) ?? 1, (row) => {
        const largest = row.reduce((x, y) => Math.max(x, y))
        const powers = row.map((x) => Math.exp(x - largest))
        const total = powers.reduce((x, y) => x + y)
        return powers.map((x) => x / total)
      })
    case 'matmul': {
      const [m = 1, k = 1, n = 1] = [shape.at(-2), source.at(-1), shape.at(-1)]
      const result = new Float64Array(elements(shape))
      for (let i = 0; i < result.length; i++) {
        const [matrix, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n]
        for (let j = 0; j < k; j++) result[i]! += a[(matrix * m + row) * k + j]! * b[(matrix * k + j) * n + column]!
      }
      return result
    }
    case 'gather': {
      const width = shape[1] ?? 1
      return generate(shape, ([row = 0, column = 0]) => a[b[row]! * width + column]!)
    }
    case 'scatter': {
      const result = a.slice()
      const width = shape[1] ?? 1
      for (let i = 0; i < c.length; i++) result[b[Math.floor(i / width)]! * width + (i % width)]! += c[i]!
      return result
    }
    case 'pick': {
      const width = source[1] ?? 1
      return b.map((column, row) => a[row * width + column]!)
    }
    case 'place': {
      const result = a.slice()
      const width = shape[1] ?? 1
      b.forEach((column, row) => {
        result[row * width + column]! += c[row]!
      })
      return result
    }
  }
}

const empty = new Float64Array(0)

/** Visits every index of a shape in row-major order; `at` is reused from visit to visit. */
function forEachIndex(shape: Shape, visit: (at: readonly number[], position: number) => void): void {
  const at = shape.map(() => 0)
  const count = elements(shape)
  for (let position = 0; position < count; position++) {
    visit(at, position)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++
      if (at[axis]! < shape[axis]!) break
      at[axis] = 0
    }
  }
}

function generate(shape: Shape, value: (at: readonly number[]) => number): Float64Array {
  const result = new Float64Array(elements(shape))
  forEachIndex(shape, (at, i) => {
    result[i] = value(at)
  })
  return result
}

/** Strides that read a tensor of `shape` at the indices of the larger shape `to`: 0 where it is stretched. */
function stretched(shape: Shape, to: Shape): readonly number[] {
  const lead = to.length - shape.length
  return to.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : elements(shape.slice(axis - lead + 1))))
}

function offset(at: readonly number[], strides: readonly number[]): number {
  return at.reduce((position, index, axis) => position + index * strides[axis]!, 0)
}

function byRow(x: Float64Array, width: number, f: (row: Float64Array) => Float64Array): Float64Array {
  const result = new Float64Array(x.length)
  for (let start = 0; start < x.length; start += width) result.set(f(x.subarray(start, start + width)), start)
  return result
}

/**
 * erf x to float64 precision: its Taylor series near 0, beyond that one minus the continued fraction of erfc.
 * Abramowitz & Stegun (1964), 7.1.6 and 7.1.14.
 */
function errorFunction(x: number): number {
  const z = Math.abs(x)
  const factor = (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z)
  if (z < 3) {
    // erf z = 2/√π e^(−z²) Σ 2ⁿ z^(2n+1) / (1·3·…·(2n+1)): all terms positive, so nothing cancels.
    let [term, total] = [z, z]
    for (let n = 1; term > total * 1e-17; n++) {
      term *= (2 * z * z) / (2 * n + 1)
      total += term
    }
    return Math.sign(x) * factor * total
  }
  let fraction = z
  for (let n = 60; n >= 1; n--) fraction = z + n / 2 / fraction
  return Math.sign(x) * (1 - factor / 2 / fraction)
}
