// GraphiQL for the district: our own files, our own door, nothing from anywhere else.
// The token, the tabs and what was typed live in this browser tab only and go with it:
// an office shares its computers.
"use strict";

const { createElement, useEffect, useMemo, useState } = React;
const TOKEN = "lianxin:token";
const ENDPOINT = "/graphql";

const readToken = () => sessionStorage.getItem(TOKEN) ?? "";

// GraphiQL would keep its tabs in localStorage, for whoever comes next.
const storage = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
  clear: () => sessionStorage.clear(),
  get length() {
    return sessionStorage.length;
  },
};

function socketAddress() {
  const address = new URL(ENDPOINT, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

// One fetcher per token: POST for queries and mutations, graphql-transport-ws for subscriptions.
function createFetcher(token) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  const wsClient = graphqlWs.createClient({ url: socketAddress(), connectionParams: authorization });
  const fetcher = GraphiQL.createFetcher({ url: ENDPOINT, headers: authorization, wsClient });
  return { fetcher, dispose: () => wsClient.dispose() };
}

function Page({ examples }) {
  const [token, setToken] = useState(readToken);
  const connection = useMemo(() => createFetcher(token), [token]);
  const explorer = useMemo(() => GraphiQLPluginExplorer.explorerPlugin(), []);

  useEffect(() => () => connection.dispose(), [connection]);
  useEffect(() => {
    const onToken = () => setToken(readToken());
    window.addEventListener(TOKEN, onToken);
    return () => window.removeEventListener(TOKEN, onToken);
  }, []);

  return createElement(GraphiQL, {
    // Another token may see another schema: begin anew, with the tabs that storage kept.
    key: token,
    fetcher: connection.fetcher,
    storage,
    plugins: [explorer],
    defaultTabs: examples.map((query) => ({ query })),
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  });
}

function keepToken(token) {
  if (token) sessionStorage.setItem(TOKEN, token);
  else sessionStorage.removeItem(TOKEN);
  document.getElementById("said").textContent = token ? "已使用 in use" : "";
  window.dispatchEvent(new Event(TOKEN));
}

function listenToAccess() {
  const box = document.getElementById("token");
  box.value = readToken();
  document.getElementById("access").addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(box.value.trim());
  });
  document.getElementById("forget").addEventListener("click", () => {
    box.value = "";
    keepToken("");
  });
}

// examples.graphql holds one document per tab, divided by lines of "# ---".
async function readExamples() {
  const answer = await fetch("/graphiql/examples.graphql");
  if (!answer.ok) return [];
  return (await answer.text()).split(/^# ---\n/m).map((document) => document.trim());
}

async function show() {
  listenToAccess();
  const examples = await readExamples();
  ReactDOM.createRoot(document.getElementById("graphiql")).render(createElement(Page, { examples }));
}

show();
