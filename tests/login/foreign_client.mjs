// A login by oauth4webapi, a client that knows nothing of this project: `begin` prints where the browser goes, `finish` takes where it was led.
import * as oauth from "oauth4webapi";

const [step, server, redirectUri, returned, kept] = process.argv.slice(2);
const client = { client_id: "shop" };
// The server of the test has no TLS.
const options = { [oauth.allowInsecureRequests]: true };
const metadata = {
  issuer: server,
  authorization_endpoint: `${server}/authorize`,
  token_endpoint: `${server}/token`,
  authorization_response_iss_parameter_supported: true,
};

async function begin() {
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
  const address = new URL(metadata.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "account:read",
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  return { address, kept: JSON.stringify({ verifier, state }) };
}

async function finish() {
  const { verifier, state } = JSON.parse(kept);
  const parameters = oauth.validateAuthResponse(metadata, client, new URL(returned), state);
  const exchange = await oauth.authorizationCodeGrantRequest(metadata, client, oauth.None(), parameters, redirectUri, verifier, options);
  const token = await oauth.processAuthorizationCodeResponse(metadata, client, exchange);
  const renewal = await oauth.refreshTokenGrantRequest(metadata, client, oauth.None(), token.refresh_token, options);
  const next = await oauth.processRefreshTokenResponse(metadata, client, renewal);
  const me = await oauth.protectedResourceRequest(next.access_token, "GET", new URL(`${server}/users/me`), undefined, undefined, options);
  const again = await oauth.authorizationCodeGrantRequest(metadata, client, oauth.None(), parameters, redirectUri, verifier, options);
  const refused = await oauth.processAuthorizationCodeResponse(metadata, client, again).catch((error) => error);
  return { email: (await me.json()).email, scope: token.scope, again: [refused.code, refused.error] };
}

console.log(JSON.stringify(await { begin, finish }[step]()));
