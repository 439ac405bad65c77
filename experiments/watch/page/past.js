// What a stored run answers without a server: states, stories and moves (see archive.py).

import { NOBODY } from "./store.js";

const MOST_KNOWN = 60; // neighbours that are listed, as story.py lists them

export class Past {
  constructor(init, graph, states, months, later) {
    Object.assign(this, { edges: graph.edges, states, later, drawn: init.drawn, count: init.drawn.count, across: months + 1 });
  }

  code(node, month) {
    return this.states[node * this.across + month];
  }

  // State after so many months, who moved in the last of them, and whom they left.
  frame(month) {
    const state = Uint8Array.from({ length: this.count }, (_, node) => this.code(node, month));
    const movers = [];
    if (month) for (let node = 0; node < this.count; node += 1) if (this.code(node, month - 1) !== state[node]) movers.push(node);
    return { state, movers: Uint32Array.from(movers), left: Uint8Array.from(movers, (node) => this.code(node, month - 1)) };
  }

  // --- Stories ----------------------------------------------------------------------------------

  // Node of an agent that is named by its kind and its row, as {developer: 12}.
  nodeOf(named) {
    const [[who, row]] = Object.entries(named);
    return this.later.agents().findIndex((agent) => agent.who === who && agent.row === row);
  }

  ofNode(node, month) {
    if (!this.later.agents()[node]) return null;
    const { tenders, decisions, ...facts } = this.later.agents()[node];
    const story = { node, month, history: this.history(node, month), neighbours: this.neighbours(node, month), ...facts };
    if (tenders) story.tenders = tenders.filter((tender) => tender.month < month);
    if (facts.who === "enterprise") story.people = this.people(node, month);
    const decision = decisions?.findLast((each) => each.month < month);
    if (decision) story.decision = decision;
    return story;
  }

  history(node, month) {
    const found = [{ month: -1, code: codeOf(this.code(node, 0)) }];
    for (let at = 1; at <= month; at += 1) if (this.code(node, at) !== this.code(node, at - 1)) found.push({ month: at - 1, code: codeOf(this.code(node, at)) });
    return found;
  }

  neighbours(node, month) {
    const { edges } = this;
    const ends = [];
    for (const side of [0, 1]) for (let at = side; at < edges.length; at += 2) if (edges[at] === node) ends.push(edges[at + 1 - 2 * side]);
    return { ...this.counted(ends, month), nodes: ends.slice(0, MOST_KNOWN) };
  }

  // The drawn developers of a firm: the edges after those between developers are employment.
  people(node, month) {
    const { edges } = this;
    const { between, employed } = this.drawn;
    const found = [];
    for (let at = 2 * between; at < 2 * (between + employed); at += 2) if (edges[at + 1] === node) found.push(edges[at]);
    return this.counted(found, month);
  }

  // How many of some nodes use which provider, the most frequent first.
  counted(nodes, month) {
    const counts = new Map();
    for (const node of nodes) counts.set(this.code(node, month), (counts.get(this.code(node, month)) ?? 0) + 1);
    const pairs = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return { count: nodes.length, by_provider: pairs.map(([code, count]) => [codeOf(code), count]) };
  }

  ofProvider(name, month) {
    return this.later.providers()[name][month];
  }

  // --- Moves ------------------------------------------------------------------------------------

  // Flows of a window: agents and users add up, terms are means over movers.
  moves(first, last) {
    const found = new Map();
    for (const month of this.later.flows().slice(first, last)) {
      for (const flow of month) {
        const key = JSON.stringify([flow.segment, flow.from, flow.to]);
        if (!found.has(key)) found.set(key, { ...flow, agents: 0, users: 0, terms: {} });
        add(found.get(key), flow);
      }
    }
    return { first, last, flows: [...found.values()].map(averaged) };
  }
}

function add(sum, flow) {
  sum.agents += flow.agents;
  sum.users += flow.users;
  for (const [name, mean] of Object.entries(flow.terms)) sum.terms[name] = (sum.terms[name] ?? 0) + mean * flow.agents;
}

function averaged(sum) {
  return { ...sum, terms: Object.fromEntries(Object.entries(sum.terms).map(([name, whole]) => [name, whole / sum.agents])) };
}

const codeOf = (code) => (code === NOBODY ? null : code);
