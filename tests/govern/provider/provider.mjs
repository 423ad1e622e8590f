// A real OpenID Connect provider on this machine: any login name is let in, and its groups are those of GROUPS.
// Usage: node provider.mjs PORT REDIRECT_URI, with GROUPS={"login": ["group"]} in the environment.
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const groups = JSON.parse(process.env.GROUPS ?? "{}");

const client = (id, more = {}) => ({
  client_id: id,
  client_secret: "a secret of the tests: +/&= %",
  redirect_uris: [redirect],
  token_endpoint_auth_method: "client_secret_post",
  ...more,
});

const provider = new Provider(issuer, {
  clients: [client("countylines"), client("other")],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], groups: ["groups"] },
  conformIdTokenClaims: process.env.IN_TOKEN !== "yes", // groups in the ID token as Entra has them, else in userinfo
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ["only for tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} Example`, preferred_username: id, groups: groups[id] ?? [] }),
  }),
});

provider.listen(Number(port), "localhost", () => process.stdout.write("ready\n"));
process.stdin.on("close", () => process.exit()).resume();
