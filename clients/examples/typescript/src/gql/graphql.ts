/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What a document of the feed is to a tablet now. For example `LIVE`. */
export type DocumentState =
  /** It no longer exists: remove it. */
  | 'GONE'
  /** Out of your scope: remove it, and forget its rev. */
  | 'LEFT'
  /** Keep it as it is in `body`. */
  | 'LIVE';

/** How urgent a ticket is. For example `LOW`. */
export type Priority =
  /** Before the others. */
  | 'HIGH'
  /** Whenever somebody passes by. */
  | 'LOW'
  /** As usual. */
  | 'NORMAL'
  /** Now. */
  | 'URGENT';

/** How far a ticket has come, in this order. For example `OPEN`. */
export type TicketState =
  /** 已接单: a member has taken it. */
  | 'ACCEPTED'
  /** 已取消: no longer wanted. */
  | 'CANCELLED'
  /** 已关闭: the resident has confirmed it. */
  | 'CLOSED'
  /** 已派单: reserved for a member, a unit or a post. */
  | 'DISPATCHED'
  /** 已办结: the work is done. */
  | 'DONE'
  /** 办理中: somebody is at work. */
  | 'IN_PROGRESS'
  /** 待接单: nobody has it yet. */
  | 'OPEN';

export type FindGridQueryVariables = Exact<{
  code: string;
}>;


export type FindGridQuery = { grids: { edges: Array<{ node: { id: string, name: string } }> } };

export type BoardQueryVariables = Exact<{
  grid: string | number;
  after?: string | null | undefined;
}>;


export type BoardQuery = { rev: number, tickets: { totalCount: number, edges: Array<{ node: { id: string, title: string, state: TicketState, priority: Priority, takers: Array<{ member: { name: string, unit: { name: string } | null } | null }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }, ticketGroups: Array<{ state: TicketState | null, count: number }> };

export type NewsSubscriptionVariables = Exact<{
  grid: string | number;
  after?: number | null | undefined;
}>;


export type NewsSubscription = { ticketChanged: { rev: number, state: DocumentState, ticket: { id: string, title: string, state: TicketState } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const FindGridDocument = new TypedDocumentString(`
    query FindGrid($code: String!) {
  grids(filter: {codes: [$code]}) {
    edges {
      node {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FindGridQuery, FindGridQueryVariables>;
export const BoardDocument = new TypedDocumentString(`
    query Board($grid: ID!, $after: String) {
  rev
  tickets(
    filter: {grid: $grid, not: {states: [CLOSED, CANCELLED]}}
    first: 2
    after: $after
  ) {
    totalCount
    edges {
      node {
        id
        title
        state
        priority
        takers {
          member {
            name
            unit {
              name(language: EN)
            }
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
  ticketGroups(by: [STATE], filter: {grid: $grid}) {
    state
    count
  }
}
    `) as unknown as TypedDocumentString<BoardQuery, BoardQueryVariables>;
export const NewsDocument = new TypedDocumentString(`
    subscription News($grid: ID!, $after: Long) {
  ticketChanged(grid: $grid, after: $after) {
    rev
    state
    ticket {
      id
      title
      state
    }
  }
}
    `) as unknown as TypedDocumentString<NewsSubscription, NewsSubscriptionVariables>;