// PostGraphile over the views of views.sql, a server process of its own.
//
//   node serve.js postgraphile URL
//
// It listens on a free port of 127.0.0.1 and prints it when it is ready; it ends with its standard input.

process.env.NODE_ENV ??= 'production'
const { createServer } = await import('node:http')
const { postgraphile } = await import('postgraphile')

const door = postgraphile(process.argv[3], 'peer', {
  simpleCollections: 'both',
  legacyRelations: 'omit',
  disableQueryLog: true,
  graphiql: false,
  retryOnInitFail: false,
})
const server = createServer(door)
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
