// The usual ways in Node, each the same part of the schema for a server process of its own.
//
//   node serve.js loaders|joins FILE      mercurius with its JIT over better-sqlite3
//
// It listens on a free port of 127.0.0.1 and prints it when it is ready; it ends with its standard input.
// It signs nobody in, measures nothing and hides nothing: it is asked for what a reader may see.

process.env.NODE_ENV ??= 'production'
const [kind, what] = process.argv.slice(2)
const { serve } = await import('./mercurius.js')
const server = await serve(kind, what)
console.log(server.address().port)
process.stdin.on('end', () => process.exit(0)).resume()
