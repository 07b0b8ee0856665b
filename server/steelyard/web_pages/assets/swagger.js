// Starts Swagger UI on the contract beside it; every address is relative, so that a prefix in front does no harm.
"use strict";

const KEY = "Idempotency-Key";
const LOGIN = "steelyard login";
const root = document.getElementById("swagger-ui");
// The issuer of logins with third parties is the address of this server, with the prefix of a proxy.
const issuer = new URL(".", location.href).href.replace(/\/$/, "");
const redirectUrl = `${issuer}/docs/oauth2-redirect`;

// crypto.randomUUID exists on https and localhost only; a key is any text that no other request has.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Swagger UI fills every form with the examples. Those of optional parameters go into the description instead: together they make
// a request that no caller means, such as `skip` beside the cursor of another list.
function shown(parameter) {
  const { example, ...rest } = parameter;
  if (parameter.required) return parameter.name === KEY ? { ...rest, example: newKey() } : parameter;
  return example === undefined ? rest : { ...rest, description: `${rest.description}\n\n*Example*: \`${example}\`` };
}

function shownDocument(contract) {
  const resolved = (parameter) => (parameter.$ref ? contract.components.parameters[parameter.$ref.split("/").pop()] : parameter);
  const shownParameters = (node) => (node?.parameters ? { ...node, parameters: node.parameters.map((each) => shown(resolved(each))) } : node);
  const paths = Object.entries(contract.paths ?? {}).map(([path, item]) => [
    path,
    shownParameters(Object.fromEntries(Object.entries(item).map(([name, node]) => [name, shownParameters(node)]))),
  ]);
  return { ...shownLogins(contract), paths: Object.fromEntries(paths) };
}

// A server without identity providers has no such login.
function shownLogins(contract) {
  if ("providers" in root.dataset) return contract;
  const schemes = Object.entries(contract.components?.securitySchemes ?? {}).map(([name, scheme]) => {
    const { authorizationCode, ...flows } = scheme.flows ?? {};
    return [name, scheme.flows ? { ...scheme, flows } : scheme];
  });
  return { ...contract, components: { ...contract.components, securitySchemes: Object.fromEntries(schemes) } };
}

// A key identifies one request: another body or another path gets another key.
// A key that was typed by hand stays.
function freshKeys() {
  const made = new Map();
  const renew = (system, pathMethod) => {
    const parameter = made.get(String(pathMethod));
    if (parameter) system.specActions.changeParamByIdentity(pathMethod, parameter, newKey(), false, made);
  };
  return {
    statePlugins: {
      spec: {
        wrapActions: {
          changeParamByIdentity: (original, system) => (pathMethod, parameter, value, isXml, by) => {
            const operation = String(pathMethod);
            if (parameter.get("name") !== KEY) renew(system, pathMethod);
            else if (by === made || value === parameter.get("example")) made.set(operation, parameter);
            else made.delete(operation);
            return original(pathMethod, parameter, value, isXml);
          },
        },
      },
      oas3: {
        wrapActions: {
          setRequestBodyValue: (original, system) => (payload) => {
            renew(system, payload.pathMethod);
            return original(payload);
          },
        },
      },
    },
  };
}

// The login lasts as long as the tab, also over a reload. Only the access token is kept: no password, no code, no refresh token.
const keptLogin = {
  statePlugins: {
    auth: {
      wrapActions: {
        // A login with a password has no client, so nothing is sent for one.
        authorizePassword: (original) => (auth) => original({ ...auth, passwordType: "request-body", clientId: "", clientSecret: "" }),
        authorizeOauth2: (original) => ({ auth, token }) => {
          const { code, codeVerifier, ...rest } = auth;
          const login = { auth: { ...rest, password: "" }, token: { ...token, refresh_token: undefined } };
          sessionStorage.setItem(LOGIN, JSON.stringify(login));
          return original(login);
        },
        logout: (original) => (names) => {
          sessionStorage.removeItem(LOGIN);
          return original(names);
        },
      },
    },
  },
};

// A browser opens these operations as pages. A script that sends them cannot follow them to another host, so they have no button.
const navigations = {
  statePlugins: {
    spec: {
      wrapSelectors: {
        allowTryItOutFor: (original, system) => (state, path, method) =>
          !system.specSelectors.specJson().getIn(["paths", path, method, "x-navigation"]) && original(state, path, method),
      },
    },
  },
};

// Swagger UI resolves the references of a form in the whole document, which takes seconds. Those that the form can reach are enough, and
// of the other operations the ids, to which links lead.
function reachable(contract, path) {
  const ids = (item) => Object.entries(item).flatMap(([name, node]) => (node.operationId ? [[name, { operationId: node.operationId }]] : []));
  const paths = Object.entries(contract.paths).map(([other, item]) => [other, other === path ? item : Object.fromEntries(ids(item))]);
  const components = { securitySchemes: contract.components.securitySchemes };
  const left = [contract.paths[path]];
  const keep = (_, value) => {
    const [root, section, kind, name] = typeof value === "string" ? value.split("/") : [];
    if (root === "#" && section === "components" && !components[kind]?.[name]) {
      components[kind] = { ...components[kind], [name]: contract.components[kind][name] };
      left.push(components[kind][name]);
    }
    return value;
  };
  while (left.length > 0) JSON.stringify(left.pop(), keep);
  return { ...contract, paths: Object.fromEntries(paths), components };
}

const reachableOnly = {
  afterLoad({ fn }) {
    const resolve = fn.resolveSubtree;
    fn.resolveSubtree = (contract, place, options) => resolve(place[0] === "paths" ? reachable(contract, place[1]) : contract, place, options);
  },
};

const contractShown = {
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (original) => (contract) => original(shownDocument(contract)) } } },
};

// The window of a login with a third party sends its response here, and to every other page of this kind: `state` says whose it is.
const channel = new BroadcastChannel(LOGIN);
channel.onmessage = ({ data }) => {
  const login = window.swaggerUIRedirectOauth2;
  const response = new URLSearchParams(data.response ?? "");
  const state = response.get("state");
  if (login === undefined || state !== login.state) return;
  delete window.swaggerUIRedirectOauth2;
  channel.postMessage({ taken: state });
  const failed = (message) => login.errCb({ authId: login.auth.name, source: "auth", level: "error", message });
  if (response.get("iss") !== issuer) failed(`The response is from ${response.get("iss")}, not from ${issuer}.`);
  else if (response.get("code") === null) failed(response.get("error_description") ?? "The response has no code.");
  else login.callback({ auth: { ...login.auth, code: response.get("code") }, redirectUrl: login.redirectUrl });
};

window.ui = SwaggerUIBundle({
  url: "openapi.json",
  oauth2RedirectUrl: redirectUrl,
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  filter: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [contractShown, reachableOnly, freshKeys, keptLogin, navigations],
  layout: "BaseLayout",
  onComplete: () => {
    const login = sessionStorage.getItem(LOGIN);
    if (login !== null) window.ui.authActions.authorizeOauth2(JSON.parse(login));
  },
  // A login that is over would make every request a 401, also those that need none.
  responseInterceptor: (response) => {
    if (response.status === 401 && response.text?.includes('"/problems/invalid-token"')) window.ui.authActions.logout(["oauth2"]);
    return response;
  },
});

window.ui.initOAuth({ clientId: "swagger-ui", usePkceWithAuthorizationCodeGrant: true });
