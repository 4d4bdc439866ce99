/**
 * The tensor graph: what a node is, and the order in which nodes are computed.
 * A node is immutable data with a static shape; building (ops.ts), differentiating (gradient.ts), and computing it
 * (reference.ts in float64, onnx.ts as an ONNX model) are functions over it, each a switch that names every kind.
 */

export type Shape = readonly number[]

/** `float` is float32 in ONNX and float64 in the reference; `int` is int32: token ids and positions. */
export type ElementType = 'float' | 'int'

export type UnaryKind = 'neg' | 'exp' | 'log' | 'sqrt' | 'erf'
export type BinaryKind = 'add' | 'sub' | 'mul' | 'div'

/** The primitives. Shapes of results are kept on the node, so `reshape`, `expand` and `fill` carry none. */
export type Op =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: Float32Array | Int32Array }
  | { readonly kind: 'fill'; readonly value: number }
  | { readonly kind: UnaryKind }
  | { readonly kind: BinaryKind }
  | { readonly kind: 'sum' | 'max'; readonly axes: readonly number[] }
  | { readonly kind: 'softmax' }
  | { readonly kind: 'matmul' }
  | { readonly kind: 'reshape' | 'expand' | 'stop' }
  | { readonly kind: 'transpose'; readonly permutation: readonly number[] }
  | { readonly kind: 'gather' | 'scatter' | 'pick' | 'place' }

export interface Node {
  readonly op: Op
  readonly inputs: readonly Node[]
  readonly shape: Shape
  readonly type: ElementType
}

/** Elements of a tensor of that shape; 1 for a scalar, `[]`. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}

/** Every node the outputs need, each after its inputs. The order depends on the graph alone. */
export function topologicalOrder(outputs: readonly Node[]): readonly Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  // An explicit stack, since a deep model is deeper than the call stack: `next` counts the inputs already visited.
  const stack: { readonly node: Node; next: number }[] = []
  const enter = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    stack.push({ node, next: 0 })
  }
  for (const output of outputs) {
    enter(output)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++]
      if (input === undefined) {
        order.push(top.node)
        stack.pop()
      } else {
        enter(input)
      }
    }
  }
  return order
}
