-- What PostGraphile shows: views of the hub's tables in a schema of their own, so that the same is asked of it and
-- the same is answered. A reader is told the beginning of a day, no moment.
CREATE SCHEMA peer;
CREATE VIEW peer.grid AS SELECT id, name ->> 'zh' AS name FROM public.grid;
CREATE VIEW peer.member AS SELECT id, name FROM public.member;
CREATE VIEW peer.ticket AS SELECT id, rev::int, category, title, place, priority, seats, state, round, grid, opened,
  to_char(to_timestamp((opened - (opened + 28800000) % 86400000) / 1000) AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS opened_at
  FROM public.ticket;
CREATE VIEW peer.ticket_taker AS SELECT ticket, position, member FROM public.ticket_taker;
COMMENT ON VIEW peer.grid IS E'@primaryKey id';
COMMENT ON VIEW peer.member IS E'@primaryKey id';
COMMENT ON VIEW peer.ticket IS E'@primaryKey id\n@foreignKey (grid) references peer.grid (id)';
COMMENT ON VIEW peer.ticket_taker IS E'@primaryKey ticket,position\n@foreignKey (ticket) references peer.ticket (id)|@foreignSimpleFieldName takers\n@foreignKey (member) references peer.member (id)';
COMMENT ON COLUMN peer.grid.name IS '@notNull';
