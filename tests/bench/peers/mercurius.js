// mercurius with its JIT over better-sqlite3: by its loaders, or by joins written by hand.

import Database from 'better-sqlite3'
import Fastify from 'fastify'
import mercurius from 'mercurius'

const DAY_MS = 86_400_000
const OFFSET_MS = 8 * 3_600_000
const FIELDS = 'id, rev, category, title, place, priority, seats, state, round, opened, grid'
const LIST = `FROM ticket WHERE grid = ? AND state IN (SELECT value FROM json_each(?))
  ORDER BY opened DESC, id DESC LIMIT ?`

const SCHEMA = `
  enum TicketState { OPEN DISPATCHED ACCEPTED IN_PROGRESS DONE CLOSED CANCELLED }
  input TicketFilter { grid: ID!, states: [TicketState!]! }
  type Query { tickets(filter: TicketFilter!, first: Int!): TicketConnection! }
  type TicketConnection { edges: [TicketEdge!]! }
  type TicketEdge { node: Ticket! }
  type Ticket {
    id: ID! rev: Int! category: String! title: String! place: String priority: String!
    seats: Int! state: TicketState! round: Int! openedAt: String! grid: Grid! takers: [Taker!]!
  }
  type Grid { name: String! }
  type Taker { member: Member! }
  type Member { name: String! }
`

// The beginning of its day: a reader is told no moment.
const day = opened => new Date(opened - ((opened + OFFSET_MS) % DAY_MS)).toISOString()
const Ticket = { openedAt: ticket => day(ticket.opened) }

const byLoaders = database => {
  const list = database.prepare(`SELECT ${FIELDS} ${LIST}`)
  const grids = database.prepare(`SELECT id, name ->> 'zh' AS name FROM grid
    WHERE id IN (SELECT value FROM json_each(?))`)
  const takers = database.prepare(`SELECT ticket, member FROM ticket_taker
    WHERE ticket IN (SELECT value FROM json_each(?)) ORDER BY position`)
  const members = database.prepare(`SELECT id, name FROM member
    WHERE id IN (SELECT value FROM json_each(?))`)
  const byId = (statement, ids) => {
    const found = new Map(statement.all(JSON.stringify([...new Set(ids)])).map(row => [row.id, row]))
    return ids.map(id => found.get(id))
  }
  return {
    resolvers: {
      Query: {
        tickets: (_, { filter, first }) => ({
          edges: list.all(filter.grid, JSON.stringify(filter.states), first).map(node => ({ node })),
        }),
      },
      Ticket,
    },
    loaders: {
      Ticket: {
        grid: { loader: async asked => byId(grids, asked.map(one => one.obj.grid)), opts: { cache: false } },
        takers: {
          loader: async asked => {
            const of = new Map(asked.map(one => [one.obj.id, []]))
            for (const row of takers.all(JSON.stringify([...of.keys()]))) of.get(row.ticket).push(row)
            return asked.map(one => of.get(one.obj.id))
          },
          opts: { cache: false },
        },
      },
      Taker: {
        member: { loader: async asked => byId(members, asked.map(one => one.obj.member)), opts: { cache: false } },
      },
    },
  }
}

const byJoins = database => {
  const list = database.prepare(`
    SELECT t.id, t.rev, t.category, t.title, t.place, t.priority, t.seats, t.state, t.round, t.opened,
      g.name ->> 'zh' AS grid_name, k.ticket IS NOT NULL AS taken, m.name AS member_name
    FROM (SELECT ${FIELDS} ${LIST}) AS t JOIN grid AS g ON g.id = t.grid
      LEFT JOIN ticket_taker AS k ON k.ticket = t.id LEFT JOIN member AS m ON m.id = k.member
    ORDER BY t.opened DESC, t.id DESC, k.position`)
  return {
    resolvers: {
      Query: {
        tickets: (_, { filter, first }) => {
          const edges = []
          let node
          for (const row of list.iterate(filter.grid, JSON.stringify(filter.states), first)) {
            if (node?.id !== row.id) {
              node = row
              node.grid = { name: row.grid_name }
              node.takers = []
              edges.push({ node })
            }
            if (row.taken) node.takers.push({ member: { name: row.member_name } })
          }
          return { edges }
        },
      },
      Ticket,
    },
  }
}

export const serve = async (kind, file) => {
  const database = new Database(file, { readonly: true })
  const app = Fastify()
  const ways = kind === 'joins' ? byJoins(database) : byLoaders(database)
  app.register(mercurius, { schema: SCHEMA, jit: 1, ...ways })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app.server
}
