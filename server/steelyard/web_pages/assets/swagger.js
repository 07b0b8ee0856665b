// Starts Swagger UI on the contract beside it; every address is relative, so that a prefix in front does no harm.
"use strict";

const KEY = "Idempotency-Key";
const LOGIN = "steelyard login";

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
  return { ...contract, paths: Object.fromEntries(paths) };
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

// The login lasts as long as the tab, also over a reload. Only the access token is kept: no password, no refresh token.
const keptLogin = {
  statePlugins: {
    auth: {
      wrapActions: {
        // The contract knows no clients, so nothing is sent for one.
        authorizePassword: (original) => (auth) => original({ ...auth, passwordType: "request-body" }),
        authorizeOauth2: (original) => ({ auth, token }) => {
          const login = { auth: { ...auth, password: "" }, token: { ...token, refresh_token: undefined } };
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

const contractShown = {
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (original) => (contract) => original(shownDocument(contract)) } } },
};

window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  filter: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [contractShown, freshKeys, keptLogin],
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
