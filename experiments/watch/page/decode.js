// Binary messages: a head in JSON, then arrays, each padded to eight bytes (see protocol.py).

const KINDS = {
  graph: [["positions", Float32Array], ["edges", Uint32Array]],
  frame: [["state", Uint8Array], ["movers", Uint32Array], ["left", Uint8Array], ["rows", Float64Array]],
  states: [["states", Uint8Array]],
  archive: ["init", "graph", "frame", "states", "flows", "agents", "providers"].map((name) => [name, Uint8Array]),
};
const text = new TextDecoder();

export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(text.decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  KINDS[head.type].forEach(([name, Form], place) => {
    const count = head.lengths[place];
    head[name] = new Form(buffer, at, count);
    at += Math.ceil((count * Form.BYTES_PER_ELEMENT) / 8) * 8;
  });
  return head;
}
