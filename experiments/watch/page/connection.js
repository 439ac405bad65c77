// The websocket: messages in as objects, commands out; a frame is acknowledged once it is drawn.

import { decode } from "./decode.js";

export function connect(handlers, lost) {
  const address = new URL("socket", location.href);
  address.protocol = "ws:";
  address.hash = "";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    const message = typeof data === "string" ? JSON.parse(data) : decode(data);
    handlers[message.type]?.(message);
  };
  socket.onclose = ({ reason }) => lost(reason);
  return (type, entries = {}) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, ...entries }));
  };
}
