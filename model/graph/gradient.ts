/**
 * Reverse-mode automatic differentiation: from a scalar loss to the gradients of any of its inputs, as more graph.
 * Knows every primitive's vector-Jacobian product and nothing of models.
 * Method: Griewank & Walther, Evaluating Derivatives (2008), chapter 3.
 */
import type { Node, Shape } from './node.ts'
import { sameShape, topologicalOrder } from './node.ts'
import {
  add,
  div,
  exp,
  expand,
  fill,
  gather,
  matmul,
  mul,
  neg,
  pick,
  place,
  reshape,
  scalar,
  scatter,
  sub,
  sum,
  transpose,
} from './ops.ts'

/**
 * ∂loss/∂x for each x of `parameters`, each of its x's shape.
 * `loss` holds one element; a parameter the loss does not depend on gets zeros.
 */
export function gradients(loss: Node, parameters: readonly Node[]): readonly Node[] {
  const order = topologicalOrder([loss])
  const wanted = dependents(order, parameters)
  const cotangents = new Map<Node, Node>([[loss, fill(1, loss.shape)]])
  for (const y of order.toReversed()) {
    const g = cotangents.get(y)
    if (g === undefined || y.inputs.length === 0) continue
    const products = pullBack(y, g)
    y.inputs.forEach((x, i) => {
      const product = products[i]
      if (product === undefined || !wanted.has(x)) return
      const earlier = cotangents.get(x)
      cotangents.set(x, earlier === undefined ? product() : accumulate(earlier, product()))
    })
  }
  return parameters.map((x) => cotangents.get(x) ?? fill(0, x.shape))
}

/** The nodes through which a gradient must flow: those that depend on a parameter. */
function dependents(order: readonly Node[], parameters: readonly Node[]): ReadonlySet<Node> {
  const wanted = new Set<Node>(parameters)
  for (const node of order) {
    if (node.inputs.some((input) => wanted.has(input))) wanted.add(node)
  }
  return wanted
}

/** a + b, where what is sparse (placed into zeros) is placed into the other instead of being made dense. */
function accumulate(a: Node, b: Node): Node {
  const [base, indices, updates] = b.inputs
  const sparse = b.op.kind === 'place' && base?.op.kind === 'fill' && base.op.value === 0
  if (sparse && indices !== undefined && updates !== undefined) return place(a, indices, updates)
  const mirrored = a.op.kind === 'place' && a.inputs[0]?.op.kind === 'fill' && b.op.kind !== 'place'
  return mirrored ? accumulate(b, a) : add(a, b)
}

/** Sums what broadcasting stretched: the vector-Jacobian product of stretching `shape` to g's shape. */
function shrinkTo(g: Node, shape: Shape): Node {
  if (sameShape(g.shape, shape)) return g
  const lead = g.shape.length - shape.length
  const axes = g.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []))
  return reshape(sum(g, axes), shape)
}

/** x with its last two axes exchanged. */
function transposeMatrix(x: Node): Node {
  const axes = x.shape.map((_, axis) => axis)
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}

type Products = readonly ((() => Node) | undefined)[]

/** For y = f(x₀, x₁, …) and g = ∂loss/∂y: how to build each ∂loss/∂xᵢ; undefined where none flows. */
function pullBack(y: Node, g: Node): Products {
  const { op } = y
  // Every kind below has the inputs its constructor in ops.ts gave it.
  const at = (i: number): Node => {
    const x = y.inputs[i]
    if (x === undefined) throw new Error(`the graph op ${op.kind} has no input ${i}`)
    return x
  }
  switch (op.kind) {
    case 'input':
    case 'constant':
    case 'fill':
    case 'stop':
      return []
    case 'neg':
      return [() => neg(g)]
    case 'exp': // y' = y
      return [() => mul(g, y)]
    case 'log': // y' = 1/x
      return [() => div(g, at(0))]
    case 'sqrt': // y' = 1/(2y)
      return [() => div(mul(g, scalar(0.5)), y)]
    case 'erf': // y' = 2/√π · e^(−x²)
      return [() => mul(g, mul(exp(neg(mul(at(0), at(0)))), scalar(2 / Math.sqrt(Math.PI))))]
    case 'add':
      return [() => shrinkTo(g, at(0).shape), () => shrinkTo(g, at(1).shape)]
    case 'sub':
      return [() => shrinkTo(g, at(0).shape), () => shrinkTo(neg(g), at(1).shape)]
    case 'mul':
      return [() => shrinkTo(mul(g, at(1)), at(0).shape), () => shrinkTo(mul(g, at(0)), at(1).shape)]
    case 'div': // ∂/∂b (a/b) = −y/b
      return [() => shrinkTo(div(g, at(1)), at(0).shape), () => shrinkTo(neg(mul(g, div(y, at(1)))), at(1).shape)]
    case 'sum':
      return [() => expand(g, at(0).shape)]
    case 'max':
      throw new Error('max has no gradient here: wrap it in stop()')
    case 'softmax': // J = diag(y) − y yᵀ
      return [() => mul(y, sub(g, sum(mul(g, y), [y.shape.length - 1])))]
    case 'matmul': // Y = A B: ∂A = G Bᵀ, ∂B = Aᵀ G
      return [() => matmul(g, transposeMatrix(at(1))), () => matmul(transposeMatrix(at(0)), g)]
    case 'reshape':
      return [() => reshape(g, at(0).shape)]
    case 'expand':
      return [() => shrinkTo(g, at(0).shape)]
    case 'transpose':
      return [
        () =>
          transpose(
            g,
            op.permutation.map((_, axis) => op.permutation.indexOf(axis)),
          ),
      ]
    case 'gather':
      return [() => scatter(fill(0, at(0).shape), at(1), g)]
    case 'scatter':
      return [() => g, undefined, () => gather(g, at(1))]
    case 'pick':
      return [() => place(fill(0, at(0).shape), at(1), g)]
    case 'place':
      return [() => g, undefined, () => pick(g, at(1))]
  }
}
