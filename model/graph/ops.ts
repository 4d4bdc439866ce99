/**
 * The primitives, one short function each, with its formula and shape rule.
 * A wrong shape is a programming error and throws at once; gradients are in gradient.ts.
 */
import type { BinaryKind, ElementType, Node, Op, Shape, UnaryKind } from './node.ts'
import { elements, sameShape } from './node.ts'

function make(op: Op, inputs: readonly Node[], shape: Shape, type: ElementType = 'float'): Node {
  return { op, inputs, shape, type }
}

function accepts(holds: boolean, op: string, ...inputs: readonly Node[]): void {
  if (holds) return
  const shapes = inputs.map((input) => `${input.type}[${input.shape.join(', ')}]`).join(' and ')
  throw new Error(`the graph op ${op} does not accept ${shapes}`)
}

/** A tensor fed at every run, by name. */
export function input(name: string, shape: Shape, type: ElementType = 'float'): Node {
  return make({ kind: 'input', name }, [], shape, type)
}

/** A tensor whose values are part of the graph. */
export function constant(data: Float32Array | Int32Array, shape: Shape): Node {
  if (data.length !== elements(shape))
    throw new Error(`a constant of ${data.length} values is no [${shape.join(', ')}]`)
  return make({ kind: 'constant', data }, [], shape, data instanceof Int32Array ? 'int' : 'float')
}

/** y = value, everywhere. */
export function fill(value: number, shape: Shape): Node {
  return make({ kind: 'fill', value }, [], shape)
}

export function scalar(value: number): Node {
  return constant(Float32Array.of(value), [])
}

function unary(kind: UnaryKind, x: Node): Node {
  accepts(x.type === 'float', kind, x)
  return make({ kind }, [x], x.shape)
}
/** y = −x */
export const neg = (x: Node): Node => unary('neg', x)
/** y = eˣ */
export const exp = (x: Node): Node => unary('exp', x)
/** y = ln x */
export const log = (x: Node): Node => unary('log', x)
/** y = √x */
export const sqrt = (x: Node): Node => unary('sqrt', x)
/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt */
export const erf = (x: Node): Node => unary('erf', x)

/** The shape two operands stretch to, NumPy's rule: aligned at the last axis, a size of 1 stretches. */
function broadcast(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) return null
    shape.push(left === 1 ? right : left)
  }
  return shape
}

function binary(kind: BinaryKind, a: Node, b: Node): Node {
  const shape = broadcast(a.shape, b.shape)
  accepts(shape !== null && a.type === 'float' && b.type === 'float', kind, a, b)
  if (shape === null) throw new Error('unreachable')
  // An expanded operand is stretched by the op itself, which saves writing the stretched copy.
  const shrink = (x: Node, other: Node): Node => {
    const source = x.op.kind === 'expand' ? x.inputs[0] : undefined
    const stretched = source && broadcast(source.shape, other.shape)
    return source && stretched && sameShape(stretched, shape) ? source : x
  }
  const left = shrink(a, b)
  return make({ kind }, [left, shrink(b, left)], shape)
}
/** y = a + b, broadcast */
export const add = (a: Node, b: Node): Node => binary('add', a, b)
/** y = a − b, broadcast */
export const sub = (a: Node, b: Node): Node => binary('sub', a, b)
/** y = a · b element by element, broadcast */
export const mul = (a: Node, b: Node): Node => binary('mul', a, b)
/** y = a / b element by element, broadcast */
export const div = (a: Node, b: Node): Node => binary('div', a, b)

function reduce(kind: 'sum' | 'max', x: Node, axes: readonly number[]): Node {
  accepts(x.type === 'float' && axes.every((axis) => axis >= 0 && axis < x.shape.length), kind, x)
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return make({ kind, axes }, [x], shape)
}
/** y = Σ x over the axes, which stay with size 1. */
export const sum = (x: Node, axes: readonly number[]): Node => reduce('sum', x, axes)
/** y = max x over the axes, which stay with size 1. Has no gradient: use it under `stop`. */
export const max = (x: Node, axes: readonly number[]): Node => reduce('max', x, axes)

/** yᵢ = e^xᵢ / Σⱼ e^xⱼ along the last axis. */
export function softmax(x: Node): Node {
  accepts(x.type === 'float' && x.shape.length > 0, 'softmax', x)
  return make({ kind: 'softmax' }, [x], x.shape)
}

/** y = a · b for [..., m, k] and [..., k, n] with equal leading axes. */
export function matmul(a: Node, b: Node): Node {
  const rank = a.shape.length
  const lead = a.shape.slice(0, -2)
  const [m, k] = [a.shape[rank - 2], a.shape[rank - 1]]
  const n = b.shape[rank - 1]
  const fits = rank >= 2 && b.shape.length === rank && sameShape(lead, b.shape.slice(0, -2)) && k === b.shape[rank - 2]
  accepts(fits && a.type === 'float' && b.type === 'float', 'matmul', a, b)
  if (m === undefined || n === undefined) throw new Error('unreachable')
  return make({ kind: 'matmul' }, [a, b], [...lead, m, n])
}

/** The same elements in the same order under another shape. */
export function reshape(x: Node, shape: Shape): Node {
  accepts(elements(shape) === elements(x.shape), `reshape to [${shape.join(', ')}]`, x)
  return sameShape(shape, x.shape) ? x : make({ kind: 'reshape' }, [x], shape, x.type)
}

/** y stretched to `shape` by the broadcasting rule. */
export function expand(x: Node, shape: Shape): Node {
  const stretched = broadcast(x.shape, shape)
  accepts(stretched !== null && sameShape(stretched, shape), `expand to [${shape.join(', ')}]`, x)
  return sameShape(shape, x.shape) ? x : make({ kind: 'expand' }, [x], shape, x.type)
}

/** Axis i of y is axis permutation[i] of x. */
export function transpose(x: Node, permutation: readonly number[]): Node {
  const shape = permutation.map((axis) => x.shape[axis] ?? -1)
  accepts(new Set(permutation).size === x.shape.length && !shape.includes(-1), 'transpose', x)
  return make({ kind: 'transpose', permutation }, [x], shape, x.type)
}

/** y = x, through which no gradient flows. */
export function stop(x: Node): Node {
  return make({ kind: 'stop' }, [x], x.shape, x.type)
}

/** Rows of a table: y[i, :] = table[indices[i], :] for table [rows, width] and int indices [n]. */
export function gather(table: Node, indices: Node): Node {
  const width = table.shape[1]
  accepts(table.shape.length === 2 && indices.shape.length === 1 && indices.type === 'int', 'gather', table, indices)
  if (width === undefined) throw new Error('unreachable')
  return make({ kind: 'gather' }, [table, indices], [...indices.shape, width], table.type)
}

/** Rows added into a table: y = base, then y[indices[i], :] += updates[i, :] for every i in turn. */
export function scatter(base: Node, indices: Node, updates: Node): Node {
  const fits =
    base.shape.length === 2 &&
    indices.type === 'int' &&
    sameShape(updates.shape, [...indices.shape, base.shape[1] ?? -1])
  accepts(fits, 'scatter', base, indices, updates)
  return make({ kind: 'scatter' }, [base, indices, updates], base.shape)
}

/** One element of each row: y[i, 0] = x[i, indices[i]] for x [n, width] and int indices [n]. */
export function pick(x: Node, indices: Node): Node {
  const fits = x.shape.length === 2 && indices.type === 'int' && sameShape(indices.shape, x.shape.slice(0, 1))
  accepts(fits, 'pick', x, indices)
  return make({ kind: 'pick' }, [x, indices], [...indices.shape, 1])
}

/** One element added to each row: y = base, then y[i, indices[i]] += updates[i, 0]. */
export function place(base: Node, indices: Node, updates: Node): Node {
  const fits =
    base.shape.length === 2 &&
    indices.type === 'int' &&
    sameShape(indices.shape, base.shape.slice(0, 1)) &&
    sameShape(updates.shape, [...indices.shape, 1])
  accepts(fits, 'place', base, indices, updates)
  return make({ kind: 'place' }, [base, indices, updates], base.shape)
}
