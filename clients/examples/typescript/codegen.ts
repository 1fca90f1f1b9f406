import type { CodegenConfig } from '@graphql-codegen/cli'

// The schema as the hub prints it (`lianxin schema`), and the operations as they stand in the source.
const config: CodegenConfig = {
  schema: '../../../schema/schema.graphql',
  documents: ['src/*.ts'],
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { Long: 'number', DateTime: 'string', Date: 'string', JSON: 'unknown' },
      },
    },
  },
  importExtension: '.js',
}

export default config
