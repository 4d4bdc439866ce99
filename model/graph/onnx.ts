/**
 * Lowers a graph to the bytes of an ONNX model (opset 18), which onnxruntime runs.
 * One case a primitive; where a choice was forced by a measured fault of the runtime, the case says so.
 * Operators: onnx.ai, "ONNX Operators"; file layout: onnx/onnx.proto3.
 */
import type { ElementType, Node, Op, Shape } from './node.ts'
import { topologicalOrder } from './node.ts'
import type { Message } from './protobuf.ts'
import { encode, message } from './protobuf.ts'

const OPSET = 18
const IR_VERSION = 8
const FLOAT = 1
const INT32 = 6
const INT64 = 7

/** ONNX operators that have our names for another spelling. */
const plainNames = {
  neg: 'Neg',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  erf: 'Erf',
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  matmul: 'MatMul',
} as const

/** The model that computes `outputs` (by name, in this order) from the graph's inputs. */
export function toOnnx(outputs: Readonly<Record<string, Node>>): Uint8Array {
  const writer = new GraphWriter()
  for (const node of topologicalOrder(Object.values(outputs))) lower(node, writer)
  for (const [name, node] of Object.entries(outputs)) writer.output(name, node)
  return encode(
    message()
      .int(1, IR_VERSION)
      .string(2, 'malmoi')
      .message(7, writer.graph)
      .message(8, message().string(1, '').int(2, OPSET)),
  )
}

/** Collects nodes, initialisers and names of one GraphProto. */
class GraphWriter {
  readonly graph: Message = message().string(2, 'malmoi')
  readonly #names = new Map<Node, string>()
  #count = 0

  nameOf(node: Node): string {
    const name = this.#names.get(node)
    if (name === undefined) throw new Error(`a ${node.op.kind} was used before it was lowered`)
    return name
  }

  name(node: Node, name: string): void {
    this.#names.set(node, name)
  }

  input(name: string, node: Node): void {
    this.graph.message(11, valueInfo(name, node.type, node.shape))
  }

  output(name: string, node: Node): void {
    // An output needs a name of its own, since two outputs may be one node, and one may be an input.
    this.apply('Identity', [this.nameOf(node)], [], name)
    this.graph.message(12, valueInfo(name, node.type, node.shape))
  }

  /** Appends one operator and returns the name of its result. */
  apply(
    operator: string,
    inputs: readonly string[],
    attributes: readonly Message[] = [],
    name = this.#fresh(),
  ): string {
    const node = message()
    for (const input of inputs) node.string(1, input)
    node.string(2, name).string(4, operator)
    for (const attribute of attributes) node.message(5, attribute)
    this.graph.message(1, node)
    return name
  }

  /** Adds values kept in the model and returns their name. */
  values(data: Float32Array | Int32Array | BigInt64Array, shape: Shape): string {
    const name = this.#fresh()
    this.graph.message(5, tensor(data, shape).string(8, name))
    return name
  }

  /** The int64 lists ONNX takes for shapes and axes. */
  list(numbers: readonly number[]): string {
    return this.values(BigInt64Array.from(numbers, BigInt), [numbers.length])
  }

  #fresh(): string {
    return `t${this.#count++}`
  }
}

function lower(node: Node, to: GraphWriter): void {
  const inputs = node.inputs.map((input) => to.nameOf(input))
  to.name(node, lowered(node, node.op, inputs, to))
}

/** Appends what computes the node and returns the name of its result. */
function lowered(node: Node, op: Op, inputs: readonly string[], to: GraphWriter): string {
  const [first = '', second = '', third = ''] = inputs
  switch (op.kind) {
    case 'input':
      to.input(op.name, node)
      return op.name
    case 'constant':
      return to.values(op.data, node.shape)
    case 'fill':
      return to.apply(
        'ConstantOfShape',
        [to.list(node.shape)],
        [
          attribute('value')
            .message(5, tensor(Float32Array.of(op.value), [1]))
            .int(20, 4),
        ],
      )
    case 'stop':
      return first
    case 'neg':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'erf':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'matmul':
      return to.apply(plainNames[op.kind], inputs)
    case 'sum':
      return to.apply('ReduceSum', [first, to.list(op.axes)])
    case 'max':
      return to.apply('ReduceMax', [first, to.list(op.axes)])
    case 'softmax':
      return to.apply('Softmax', [first], [integer('axis', node.shape.length - 1)])
    case 'reshape':
      return to.apply('Reshape', [first, to.list(node.shape)])
    case 'expand':
      return to.apply('Expand', [first, to.list(node.shape)])
    case 'transpose':
      return to.apply('Transpose', [first], [integers('perm', op.permutation)])
    case 'gather':
      return to.apply('Gather', [first, second])
    case 'scatter': {
      // ScatterND(add) loses updates with two threads in onnxruntime 1.30; ScatterElements on axis 0 is exact.
      const updates = node.inputs[2]?.shape ?? []
      const rows = to.apply('Expand', [column(second, updates, to), to.list(updates)])
      return to.apply('ScatterElements', [first, rows, third], [integer('axis', 0), text('reduction', 'add')])
    }
    case 'pick':
      return to.apply('GatherElements', [first, column(second, node.shape, to)], [integer('axis', 1)])
    case 'place':
      return to.apply(
        'ScatterElements',
        [first, column(second, node.shape, to), third],
        [integer('axis', 1), text('reduction', 'add')],
      )
  }
}

/** Indices [n] as [n, 1], n being the first size of `shape`. */
function column(indices: string, shape: Shape, to: GraphWriter): string {
  return to.apply('Reshape', [indices, to.list([shape[0] ?? 1, 1])])
}

const attribute = (name: string): Message => message().string(1, name)
const integer = (name: string, value: number): Message => attribute(name).int(3, value).int(20, 2)
const text = (name: string, value: string): Message => attribute(name).string(4, value).int(20, 3)
function integers(name: string, values: readonly number[]): Message {
  const list = attribute(name)
  for (const value of values) list.int(8, value)
  return list.int(20, 7)
}

function tensor(data: Float32Array | Int32Array | BigInt64Array, shape: Shape): Message {
  const proto = message()
  for (const size of shape) proto.int(1, size)
  const type = data instanceof Float32Array ? FLOAT : data instanceof Int32Array ? INT32 : INT64
  // raw_data is little-endian, as is every machine onnxruntime-node is built for.
  return proto.int(2, type).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function valueInfo(name: string, type: ElementType, shape: Shape): Message {
  const sizes = message()
  for (const size of shape) sizes.message(1, message().int(1, size))
  const tensorType = message()
    .int(1, type === 'int' ? INT32 : FLOAT)
    .message(2, sizes)
  return message().string(1, name).message(2, message().message(1, tensorType))
}
