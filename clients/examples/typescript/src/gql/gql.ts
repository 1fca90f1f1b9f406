/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query FindGrid($code: String!) {\n    grids(filter: { codes: [$code] }) {\n      edges {\n        node {\n          id\n          name\n        }\n      }\n    }\n  }\n": typeof types.FindGridDocument,
    "\n  query Board($grid: ID!, $after: String) {\n    rev\n    tickets(filter: { grid: $grid, not: { states: [CLOSED, CANCELLED] } }, first: 2, after: $after) {\n      totalCount\n      edges {\n        node {\n          id\n          title\n          state\n          priority\n          takers {\n            member {\n              name\n              unit {\n                name(language: EN)\n              }\n            }\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n    ticketGroups(by: [STATE], filter: { grid: $grid }) {\n      state\n      count\n    }\n  }\n": typeof types.BoardDocument,
    "\n  subscription News($grid: ID!, $after: Long) {\n    ticketChanged(grid: $grid, after: $after) {\n      rev\n      state\n      ticket {\n        id\n        title\n        state\n      }\n    }\n  }\n": typeof types.NewsDocument,
};
const documents: Documents = {
    "\n  query FindGrid($code: String!) {\n    grids(filter: { codes: [$code] }) {\n      edges {\n        node {\n          id\n          name\n        }\n      }\n    }\n  }\n": types.FindGridDocument,
    "\n  query Board($grid: ID!, $after: String) {\n    rev\n    tickets(filter: { grid: $grid, not: { states: [CLOSED, CANCELLED] } }, first: 2, after: $after) {\n      totalCount\n      edges {\n        node {\n          id\n          title\n          state\n          priority\n          takers {\n            member {\n              name\n              unit {\n                name(language: EN)\n              }\n            }\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n    ticketGroups(by: [STATE], filter: { grid: $grid }) {\n      state\n      count\n    }\n  }\n": types.BoardDocument,
    "\n  subscription News($grid: ID!, $after: Long) {\n    ticketChanged(grid: $grid, after: $after) {\n      rev\n      state\n      ticket {\n        id\n        title\n        state\n      }\n    }\n  }\n": types.NewsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindGrid($code: String!) {\n    grids(filter: { codes: [$code] }) {\n      edges {\n        node {\n          id\n          name\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').FindGridDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Board($grid: ID!, $after: String) {\n    rev\n    tickets(filter: { grid: $grid, not: { states: [CLOSED, CANCELLED] } }, first: 2, after: $after) {\n      totalCount\n      edges {\n        node {\n          id\n          title\n          state\n          priority\n          takers {\n            member {\n              name\n              unit {\n                name(language: EN)\n              }\n            }\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n    ticketGroups(by: [STATE], filter: { grid: $grid }) {\n      state\n      count\n    }\n  }\n"): typeof import('./graphql.js').BoardDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription News($grid: ID!, $after: Long) {\n    ticketChanged(grid: $grid, after: $after) {\n      rev\n      state\n      ticket {\n        id\n        title\n        state\n      }\n    }\n  }\n"): typeof import('./graphql.js').NewsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
