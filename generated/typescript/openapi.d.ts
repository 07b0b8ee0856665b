// Written by `python -m codegen generate` from openapi/; change the contract, never this file.
export interface paths {
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search accounts
         * @description For support and admin. Deleted accounts are not listed. An account must match all filters.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Register
         * @description Creates an account with the role `user`. It can be used at once: log in with issueToken. This is the only response that shows a
         *     full account without a login.
         *
         *     The response reveals whether an e-mail address is taken. That is deliberate, and the reason why registrations are limited to a few
         *     a minute.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your own account
         * @description Usually the first request after a login. The response contains your id, your role and your addresses.
         */
        get: operations["getCurrentUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change your password
         * @description Revokes all your other sessions and keeps the current one. A wrong current password counts as a failed login, so after ten of them
         *     the response is a 429 until the time in `Retry-After` has passed.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        /**
         * Read an account
         * @description Every caller gets the public account. You (with the scope `account:read`) and staff (with `users:read`) get the full account; a
         *     token without that scope gets the public account, not a problem. A deleted account is a 404.
         */
        get: operations["getUser"];
        /**
         * Change a profile
         * @description Changes your own profile or, as an admin, that of any user. The body replaces the profile: an age or bio that is left out is
         *     cleared. Password, role and addresses have separate operations.
         *
         *     A change of the e-mail address requires a login with the password less than an hour ago, for admins, too; refreshing a token does
         *     not count as a login. The old address gets a mail about the change.
         */
        put: operations["updateUser"];
        post?: never;
        /**
         * Delete an account
         * @description This cannot be undone. Name, addresses, password and sessions are erased and the items are archived; orders stay, without personal
         *     data. The e-mail address can be registered again.
         *
         *     To delete your own account you need a login with the password less than an hour ago; refreshing a token does not count as a login.
         *     Open orders, bought or sold, must be finished first.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user_id}/access": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Set a role, lock or unlock an account
         * @description For admins. Admins can change their own access, too, except for the last active admin. It takes effect with the user's next
         *     request: issued tokens lose the scopes that the new role lacks, and a locked account has no valid token.
         *
         *     Locking turns the user's active items into drafts; unlocking does not put them back on sale.
         */
        put: operations["setUserAccess"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your identities at third parties
         * @description Those that you can log in with, newest first. There are at most 5, so the list has no pages.
         */
        get: operations["listIdentities"];
        put?: never;
        /**
         * Link an identity, with the code of its login
         * @description The last step of a link that startIdentityLink has begun: exchanges the code in the redirect URI, which works once, within a minute,
         *     for the same user, client and redirect URI, and with the verifier of the code challenge. From then on you can log in with the
         *     identity. You can have 5 identities. Your verified address gets a mail that says so.
         */
        post: operations["finishIdentityLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/identities/{identity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an identity.
                 * @example 5
                 */
                identity_id: components["parameters"]["IdentityId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove an identity
         * @description You can no longer log in with it; sessions stay. The last identity of an account without a password cannot be removed: set a
         *     password first. Your verified address gets a mail that says so.
         *
         *     This requires a login less than an hour ago; refreshing a token does not count as a login.
         */
        delete: operations["deleteIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/identity-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to link an identity
         * @description Open `authorization_url` in a browser within ten minutes. It works once, and leads to the identity provider and from there to the
         *     redirect URI, with a code for finishIdentityLink or with an error, like authorize.
         *
         *     This requires a login less than an hour ago; refreshing a token does not count as a login.
         */
        post: operations["startIdentityLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add an address
         * @description Adds an address to your account, which can have at most 20. getCurrentUser returns them all.
         */
        post: operations["createAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/addresses/{address_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of one of your addresses. An address of another user is a 404.
                 * @example 5
                 */
                address_id: components["parameters"]["AddressId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Change an address
         * @description The body replaces the address; members that are left out get their defaults. Existing orders keep the old address.
         */
        put: operations["updateAddress"];
        post?: never;
        /**
         * Remove an address
         * @description Existing orders keep the address. If it was the default address, the account has no default address then.
         */
        delete: operations["deleteAddress"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in, or refresh a session
         * @description The body is a form, not JSON, so that OAuth 2 clients and the login button of the documentation can use it. The user name is the
         *     e-mail address.
         *
         *     An unknown address and a wrong password get the same response, in the same time. After ten failures within five minutes, for one
         *     account or from one network address, even the correct password is a 429 until the time in `Retry-After` has passed; open sessions
         *     are not affected.
         *
         *     A refresh token works once, even if the response is lost; then log in again. A refresh token that arrives twice was stolen or sent
         *     twice, so its session is revoked.
         *
         *     With `grant_type` `authorization_code`, a registered client exchanges the code that authorize has led to. A code works once, within
         *     a minute, for the same client and redirect URI, and with the verifier of the code challenge (RFC 7636). A code that arrives twice
         *     ends the session that was made from it.
         *
         *     A client that accepts `application/json` and not `application/problem+json` gets problems as `application/json`, with the same bytes.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your sessions and API keys
         * @description The active ones, newest first: neither revoked nor expired. Revoke those that you do not recognise.
         */
        get: operations["listCredentials"];
        put?: never;
        /**
         * Create an API key
         * @description For programs that act for you without your password: send the secret as `Authorization: Bearer syk_...`. A key has a name and the
         *     scopes that you choose among those of your session, without `account:write`; if your role changes, the key loses the scopes that
         *     the new role lacks. It lasts until it expires or revokeCredential revokes it. You can have 20 active keys.
         *
         *     The response is the only one that has the secret, and the server stores only its hash. With an `Idempotency-Key` a retry gets it
         *     again, because the stored response is encrypted.
         *
         *     This requires a login with the password less than an hour ago; refreshing a token does not count as a login.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the metadata for clients of OAuth 2
         * @description The metadata of RFC 8414, with which libraries configure themselves. It is the same for every caller. A server without a public
         *     address has none.
         */
        get: operations["getAuthorizationServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login-providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the identity providers
         * @description The providers that authorize accepts, in the order in which pages should show them.
         */
        get: operations["listLoginProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Log in with a third party
         * @description The authorization endpoint of OAuth 2.1, for browsers: open it in one, do not call it. It leads to the page of an identity provider,
         *     and from there back to the redirect URI of a registered client, with a code for issueToken. The client has to send a code challenge
         *     (RFC 7636, S256).
         *
         *     A wrong `client_id` or `redirect_uri` is a problem, because an unregistered address must not get a browser. Everything else that is
         *     wrong is sent to the client, as `error` and `error_description` in its redirect URI. Every redirect to the client has `iss`
         *     (RFC 9207). Without `provider`, and with several of them, the user chooses one on a page. Unknown parameters are ignored.
         */
        get: operations["authorize"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an identity provider.
                 * @example example
                 */
                provider: components["parameters"]["LoginProviderId"];
            };
            cookie?: never;
        };
        /**
         * Return from an identity provider
         * @description The redirect URI of this server at an identity provider, for browsers: nothing else calls it. It works once for each login, within
         *     ten minutes, in the browser that began the login. It leads to the redirect URI of the client, with a code for issueToken or with an
         *     error. Unknown parameters are ignored, because providers add their own.
         */
        get: operations["receiveLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Log out
         * @description Revokes the credential of the request: the session with its refresh token, or the API key. From then on the token is a 401; other
         *     server processes reject it within a second.
         */
        delete: operations["revokeCurrentCredential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{credential_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of one of your sessions or API keys, such as `session_id` in the response of issueToken.
                 * @example 41
                 */
                credential_id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Log out another session
         * @description Revokes one of your sessions or API keys, for example that of a lost phone. You may revoke the current session, too. A credential
         *     that is already revoked or expired is a 404.
         */
        delete: operations["revokeCredential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email-verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a mail to verify your e-mail address
         * @description Sends a mail to the address of your account, with a token or a link that is valid for 24 hours. If the address is verified already,
         *     no mail is sent. You can request three mails an hour.
         */
        post: operations["requestEmailVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email-verifications/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify an e-mail address
         * @description Needs no login, because the mail may be opened on another device. A token works once, and only while the account has the address that
         *     the mail was sent to.
         */
        post: operations["confirmEmailVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a mail to reset your password
         * @description Sends a mail with a token or a link that is valid for an hour, if an account that is not locked has this address: at most three mails an
         *     hour for each account. The response is the same in any case, so it reveals no accounts.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-resets/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password
         * @description Sets the password of the account that the mail was sent to, verifies its e-mail address and revokes all its sessions; API keys stay. A
         *     token works once. The account gets a mail that says so.
         */
        post: operations["confirmPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search items
         * @description The public catalogue. An item must match all filters.
         *
         *     Without `status`, only active items are listed. Only their owner (`owner_id` is your own id) and staff may list drafts and archived
         *     items; other callers get `not-permitted`.
         *
         *     Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and the same `sort`. `skip`
         *     is for numbered pages and ends at 10000.
         *
         *     `total` is counted up to 10001, which means "more than 10000". It may miss changes by others for up to 5 seconds; the items on the
         *     page are always current.
         */
        get: operations["listItems"];
        put?: never;
        /**
         * Offer an item
         * @description Puts an item on sale at once, or stores it as a draft. The caller becomes its owner and seller.
         *
         *     All prices of a marketplace have one currency (`currency` of getPublicData). A marketplace may require that your e-mail address is
         *     verified (`email-not-verified`).
         */
        post: operations["createItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        /**
         * Get an item
         * @description Active items are public. Only their owner and staff see drafts; other callers get `item-not-found`, exactly as for an id that does
         *     not exist. An archived item is `item-not-found` for every caller.
         *
         *     A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` does not fail because of a sale.
         */
        get: operations["getItem"];
        put?: never;
        post?: never;
        /**
         * Remove an item from sale
         * @description Archives the item, which cannot be undone: it can no longer be ordered or read. Its owner can still list it with `status=archived`,
         *     and its `sku` becomes free. Existing orders are not affected. To hide an item for a while, set its status to `draft`.
         */
        delete: operations["deleteItem"];
        options?: never;
        head?: never;
        /**
         * Change an item
         * @description Changes the members that are sent and keeps the others. Existing orders keep their title and price.
         *
         *     Send the `version` that you read as `If-Match: "<version>"`: if the item was edited in the meantime, you get `precondition-failed`
         *     and overwrite nothing. Without the header, the last write wins.
         *
         *     Items of a locked account cannot be on sale, so even an admin cannot make them `active` (`owner_locked`).
         */
        patch: operations["updateItem"];
        trace?: never;
    };
    "/items/{item_id}/stock-movements": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        /**
         * List the stock movements of an item
         * @description Every change of an item's stock on hand, newest first: sales and cancellations with their order, and movements that were recorded by
         *     hand.
         */
        get: operations["listStockMovements"];
        put?: never;
        /**
         * Record a stock movement
         * @description The only way to change stock by hand: a positive `delta` adds units, a negative one removes them. Stock cannot fall below the units
         *     that pending orders have reserved (`insufficient-stock`) and cannot rise above 1000000000 (`limit-reached`).
         *
         *     After a stocktaking, send the stock before it as `expected_on_hand`: if a sale has changed it in the meantime, you get
         *     `stock-changed` with the current number, and can count again.
         */
        post: operations["recordStockMovement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Price an order without placing it
         * @description Takes the body of createOrder and returns what that order would cost now, computed by the same code. It changes and reserves nothing,
         *     so send it whenever the basket changes.
         *
         *     Everything that would make the order fail and that the buyer can correct (insufficient stock, an unusable code, items of several
         *     sellers) is an entry of `obstacles`; the lines are priced anyway. Only an item that cannot be bought at all (unknown, draft, archived)
         *     is a problem: `item-unavailable`.
         *
         *     No login is needed. With a token, the rules that depend on the buyer are checked, too: uses of a code per user, own items, open
         *     orders, stored addresses.
         */
        post: operations["quoteOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description The orders that you placed or, with `role=seller`, those that you received. `role=all` lists all orders and is for staff
         *     (`staff-required`).
         *
         *     Summaries only: lines, payments and history are in getOrder. `total` is counted up to 10001, which means "more than 10000", and may
         *     miss changes by others for up to 5 seconds.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description Reserves every unit and redeems the code, or changes nothing. The new order is `pending` and reserves its stock until it is paid or
         *     cancelled, or until `expires_at`.
         *
         *     `Idempotency-Key` is required: create one key per purchase and send the same key again if the response was lost. Two requests with
         *     one key create one order and get the same response.
         *
         *     Send the `total` of a quote as `expected_total`: if the price has changed in the meantime, you get `price-changed` and order nothing.
         *     At most 20 of your orders can be pending at a time (`limit-reached`). A marketplace may require that your e-mail address is verified
         *     (`email-not-verified`).
         */
        post: operations["createOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the order.
                 * @example 12
                 */
                order_id: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        /**
         * Get an order
         * @description For its buyer, its seller and staff. Other callers get `order-not-found`, exactly as for an id that does not exist.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the order.
                 * @example 12
                 */
                order_id: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an order
         * @description The buyer, the seller and admins can cancel a pending order: reserved units become available and the code counts as unused. The seller
         *     and admins can cancel a paid order; its units go back into stock and the payment is refunded. The buyer of a paid order gets
         *     `not-permitted` where refunds are made by hand.
         *
         *     A shipped, delivered, expired or cancelled order cannot be cancelled (`order-state-conflict`).
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a greeting and links
         * @description Uses no database, so it shows that the address is right, not that the server is healthy.
         */
        get: operations["getRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the health of the server
         * @description For load balancers and probes: 200 means that the server takes requests; 503 `not-ready` means that it does not, for example
         *     because it is stopping. It has no rate limit and ignores any query, such as `?probe=1`.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public-data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the rules of the marketplace
         * @description Currency, tax, order limits and categories, public and the same for every caller. The server keeps the response for a minute,
         *     and shared caches may for five more, so a count can be six minutes old.
         */
        get: operations["getPublicData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A new account. */
        UserCreate: {
            /**
             * @description The public name; one line, not blank. It need not be unique.
             * @example Alice Johnson
             */
            name: string;
            /** @description Your login, unique among all accounts. Only you and staff can see it. */
            email: components["schemas"]["Email"];
            /**
             * Format: password
             * @description Never returned. Any characters are allowed, but not one of the most common passwords, your name or your e-mail address
             *     (`password_too_common`).
             * @example correct horse battery
             */
            password: string;
            /**
             * @description The user's age.
             * @example 34
             */
            age?: number | null;
            /**
             * @description A few public words about yourself.
             * @example Collects lamps.
             */
            bio?: string | null;
            /**
             * @description Your addresses. You can add more later.
             * @default []
             */
            addresses?: components["schemas"]["AddressCreate"][];
        };
        /**
         * Format: email
         * @description An e-mail address. Its case is kept, but does not matter when addresses are compared.
         * @example alice@example.com
         */
        Email: string;
        /** @description A new or changed address. */
        AddressCreate: {
            /**
             * @description Your name for the address.
             * @example Home
             */
            label?: string | null;
            /**
             * @description Street and house number.
             * @example 12 Harbour Road
             */
            street: string;
            /**
             * @description Town or city.
             * @example Portland
             */
            city: string;
            /**
             * @description ISO 3166-1 alpha-2 code.
             * @default US
             * @example US
             */
            country?: string;
            /**
             * @description Postal code; five digits or ZIP+4 in the US.
             * @example 97201
             * @example 97201-1234
             */
            zip_code: string;
            /**
             * @description Whether orders without an address go here. An account has at most one default address: a new default replaces the old one, and
             *     of several in one request the last one wins.
             * @default false
             * @example true
             */
            is_default?: boolean;
        };
        /** @description The full account, as its owner and staff see it. */
        User: {
            /**
             * @description Distinguishes the full account from the public one. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            view: "full";
            /** @description The id of the account. */
            id: components["schemas"]["Id"];
            /**
             * @description The public name.
             * @example Alice Johnson
             */
            name: string;
            /** @description The login. */
            email: components["schemas"]["Email"];
            /**
             * @description The user's age; null if unknown.
             * @example 34
             */
            age: number | null;
            /**
             * @description A few words about the user. Plain text; escape it before you put it into HTML.
             * @example Collects lamps.
             */
            bio: string | null;
            role: components["schemas"]["Role"];
            /**
             * @description False if an admin has locked the account.
             * @example true
             */
            is_active: boolean;
            /**
             * @description Whether the user has proved to read the mails to the address.
             * @example false
             */
            email_verified: boolean;
            /** @description The user's addresses, oldest first. */
            addresses: components["schemas"]["Address"][];
            /** @description When the account was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When a member of this view last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Increases with each change of a member of this view, including addresses. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description A positive integer that JavaScript can represent exactly.
         * @example 7
         */
        Id: number;
        /**
         * @description `user`: buys and sells. `support`: can also read all accounts and orders. `admin`: can do everything.
         * @enum {string}
         */
        Role: "user" | "support" | "admin";
        /** @description An address of an account. Orders have a copy, so later changes do not affect them. */
        Address: {
            /** @description The id of the address. */
            id: components["schemas"]["Id"];
            /**
             * @description The owner's name for the address.
             * @example Home
             */
            label: string | null;
            /**
             * @description Street and house number.
             * @example 12 Harbour Road
             */
            street: string;
            /**
             * @description Town or city.
             * @example Portland
             */
            city: string;
            /**
             * @description ISO 3166-1 alpha-2 code.
             * @example US
             */
            country: string;
            /**
             * @description Postal code.
             * @example 97201
             */
            zip_code: string;
            /**
             * @description Whether orders without an address go here.
             * @example true
             */
            is_default: boolean;
            /** @description When the address was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the address last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Increases with each change of the address. */
            version: components["schemas"]["Version"];
        };
        /**
         * Format: date-time
         * @description RFC 3339 in UTC, with `Z`. The fraction has up to six digits and is left out when it is zero.
         * @example 2026-11-22T09:00:00Z
         */
        Timestamp: string;
        /**
         * @description Increases with every change of the resource. `"<version>"` is a valid `If-Match`.
         * @example 4
         */
        Version: number;
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        UserSort: "id" | "-created_at";
        /** @description A page of accounts. */
        UserPage: {
            /** @description In the order of `sort`. */
            items: components["schemas"]["User"][];
            /**
             * @description The number of skipped entries; `null` on a page by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description The requested size of the page. It may have fewer entries.
             * @example 20
             */
            limit: number;
            /**
             * @description The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`.
             * @example 3
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description The current password, and the new one. */
        ChangePassword: {
            /**
             * Format: password
             * @description Your current password.
             * @example correct horse battery
             */
            current_password: string;
            /**
             * Format: password
             * @description Your new password. The rules are those of createUser.
             * @example staple that new battery
             */
            new_password: string;
        };
        /** @description An account, full for its owner and staff, public for other callers. `view` states which. */
        UserView: components["schemas"]["User"] | components["schemas"]["UserPublic"];
        /** @description The public view of an account. */
        UserPublic: {
            /**
             * @description Distinguishes the public account from the full one. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            view: "public";
            /** @description The id of the account. */
            id: components["schemas"]["Id"];
            /**
             * @description The public name.
             * @example Alice Johnson
             */
            name: string;
            /**
             * @description A few words about the user. Plain text; escape it before you put it into HTML.
             * @example Collects lamps.
             */
            bio: string | null;
            /**
             * @description False if an admin has locked the account.
             * @example true
             */
            is_active: boolean;
            /** @description When the account was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Increases with each change of the account, including members that are not public. */
            version: components["schemas"]["Version"];
        };
        /** @description The new profile. Members that are left out are cleared, as if they were null. */
        UserUpdate: {
            /**
             * @description The public name; one line, not blank.
             * @example Alice Johnson
             */
            name: string;
            /** @description The new login. A change requires a recent login; sessions stay open. */
            email: components["schemas"]["Email"];
            /**
             * @description The user's age.
             * @example 35
             */
            age?: number | null;
            /**
             * @description A few public words about yourself.
             * @example Collects lamps and sells a few.
             */
            bio?: string | null;
        };
        /** @description The role of an account, and whether it is active. */
        UserAccess: {
            role: components["schemas"]["Role"];
            /**
             * @description False locks the account and takes its items off sale.
             * @example true
             */
            is_active: boolean;
        };
        /** @description All identities of a user. */
        IdentityList: {
            /** @description Newest first. */
            items: components["schemas"]["Identity"][];
        };
        /** @description An account at an identity provider that you can log in with. */
        Identity: {
            id: components["schemas"]["Id"];
            /**
             * @description The id of the provider, as in listLoginProviders.
             * @example example
             */
            provider: string;
            /** @description The address that the provider named at the last login; null if it named none. Only you can see it. */
            email: components["schemas"]["Email"] | null;
            created_at: components["schemas"]["Timestamp"];
            /** @description The last login with it; null if there was none. */
            last_used_at: components["schemas"]["Timestamp"] | null;
        };
        /** @description The code in the redirect URI, and the proof that it is yours. */
        IdentityLinkCode: {
            /**
             * @description The client that began the link.
             * @example shop
             */
            client_id: string;
            /**
             * @description The code in the redirect URI.
             * @example syc_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIGNvZGUhISE
             */
            code: string;
            /**
             * @description The redirect URI of the link.
             * @example https://shop.example.com/callback
             */
            redirect_uri: string;
            /**
             * @description The random text whose SHA-256 was the code challenge.
             * @example dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
             */
            code_verifier: string;
        };
        /** @description The provider, and the request of a registered client, as for authorize. */
        IdentityLinkStart: {
            /**
             * @description The id of an identity provider.
             * @example example
             */
            provider: string;
            /**
             * @description The id of a client that the operator of this server has registered.
             * @example shop
             */
            client_id: string;
            /**
             * @description One of the registered addresses of the client.
             * @example https://shop.example.com/callback
             */
            redirect_uri: string;
            /**
             * @description Sent back unchanged, so that the client recognises its own request.
             * @example 9oYc3jTnK2s
             */
            state?: string;
            /**
             * @description The base64url of the SHA-256 of a random code verifier, which finishIdentityLink needs.
             * @example E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
             */
            code_challenge: string;
        };
        /** @description A link that has begun. */
        IdentityLink: {
            /**
             * @description Open it in the browser of the user. It is a secret until then.
             * @example https://api.example.com/authorize?link=syl_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIGxpbmshISEh
             */
            authorization_url: string;
        };
        /**
         * @description A login form as OAuth 2 defines it: `username` and `password`; or `grant_type` `refresh_token` and a `refresh_token`; or `grant_type`
         *     `authorization_code` and `client_id`, `code`, `redirect_uri` and `code_verifier`. The fields of other grant types are ignored. As
         *     RFC 6749 (section 3.2) requires, parameters that are not listed here are ignored, and a parameter without a value counts as left
         *     out.
         */
        TokenRequest: {
            /** @default password */
            grant_type?: components["schemas"]["GrantType"];
            /**
             * @description The e-mail address. Case does not matter.
             * @example alice@example.com
             */
            username?: string;
            /**
             * Format: password
             * @description The password. Case matters.
             * @example correct horse battery
             */
            password?: string;
            /**
             * @description The refresh token of the last response. It works once; a second use revokes the session.
             * @example syr_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            refresh_token?: string;
            /**
             * @description The requested scopes, separated by spaces. If left out or empty, you get all scopes of your role. Scopes that your role lacks are
             *     ignored. A refresh can only request scopes that the session has.
             * @default
             * @example orders:read orders:write
             */
            scope?: string;
            /**
             * @description The client that began the login with a third party; ignored for other grant types.
             * @example swagger-ui
             */
            client_id?: string;
            /**
             * @description The code that authorize has led to. It works once, within a minute.
             * @example syc_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIGNvZGUhISE
             */
            code?: string;
            /**
             * @description The redirect URI that was sent to authorize.
             * @example https://shop.example.com/callback
             */
            redirect_uri?: string;
            /**
             * @description The random text whose SHA-256 was the code challenge (RFC 7636).
             * @example dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
             */
            code_verifier?: string;
            /**
             * @description Accepted because Swagger UI sends it, and ignored.
             * @example
             */
            client_secret?: string;
        };
        /**
         * @description `password`: log in with e-mail and password. `refresh_token`: get a new token without them. `authorization_code`: exchange the code of
         *     a login with a third party.
         * @enum {string}
         */
        GrantType: "password" | "refresh_token" | "authorization_code";
        /** @description An access token, and a refresh token to get the next pair. Keep both as secret as the password. */
        Token: {
            /**
             * @description Send it as `Authorization: Bearer <access_token>`. It is opaque: its format may change.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIzIn0.c2lnbmF0dXJl
             */
            access_token: string;
            /**
             * @description The authentication scheme of the token.
             * @constant
             */
            token_type: "bearer";
            /**
             * @description Seconds until the access token expires. Refresh it shortly before.
             * @example 1800
             */
            expires_in: number;
            /**
             * @description Works once, within 30 days. It replaces the previous one, so store it before you use the access token.
             * @example syr_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            refresh_token: string;
            /**
             * @description The granted scopes, separated by spaces; empty when the role has none of the requested ones.
             * @example account:read account:write orders:read orders:write
             */
            scope: string;
            /** @description The id of the session, the same after each refresh. revokeCredential revokes it from another device. */
            session_id: components["schemas"]["Id"];
        };
        /** @description An API key to create. */
        ApiKeyCreate: {
            /**
             * @description What the key is for; one line, not blank. It need not be unique.
             * @example Stock robot
             */
            name: string;
            /**
             * @description What the key may do. You need each of these scopes yourself, and `account:write` is not possible.
             * @example [
             *       "items:write"
             *     ]
             */
            scopes: components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description When the key expires, which must be in the future (`expires_in_the_past`). Without it, the key does not expire.
             * @example 2099-12-31T23:59:59Z
             */
            expires_at?: string | null;
        };
        /**
         * @description A permission of a credential. A `write` scope includes the `read` scope of the same name; `sales:write` includes `orders:read`.
         * @enum {string}
         */
        Scope: "account:read" | "account:write" | "items:write" | "orders:read" | "orders:write" | "sales:write" | "events:read" | "webhooks:manage" | "users:read" | "users:write" | "promotions:manage";
        /** @description A new API key, as in the list, with its secret. */
        ApiKeyCreated: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["CredentialKind"];
            /**
             * @description The name of the API key.
             * @example Stock robot
             */
            name: string;
            /**
             * @description The scopes of the key. It can use those that your role has, too.
             * @example [
             *       "items:write"
             *     ]
             */
            scopes: components["schemas"]["Scope"][];
            created_at: components["schemas"]["Timestamp"];
            /** @description When the API key was last used, accurate to a minute, or when the session was last refreshed; null if that never happened. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description When it expires; null if never. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /**
             * @description Whether this request was sent with it.
             * @example false
             */
            current: boolean;
            /**
             * @description Send it as `Authorization: Bearer <secret>`. No other response has it.
             * @example syk_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNlY3JldCE
             */
            secret: string;
        };
        /**
         * @description `session`: made by a login, with access and refresh tokens. `api_key`: made by createApiKey, a bearer token by itself.
         * @enum {string}
         */
        CredentialKind: "session" | "api_key";
        /** @description A page of credentials. */
        CredentialPage: {
            /** @description Newest first. */
            items: components["schemas"]["Credential"][];
            /**
             * @description The number of skipped entries; `null` on a page by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description The requested size of the page. It may have fewer entries.
             * @example 20
             */
            limit: number;
            /**
             * @description The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`.
             * @example 3
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description A session or an API key. */
        Credential: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["CredentialKind"];
            /**
             * @description The name of the API key, or how the session began.
             * @example Stock robot
             */
            name: string;
            /**
             * @description The scopes of the credential. It can use those that your role has, too.
             * @example [
             *       "items:write"
             *     ]
             */
            scopes: components["schemas"]["Scope"][];
            created_at: components["schemas"]["Timestamp"];
            /** @description When the API key was last used, accurate to a minute, or when the session was last refreshed; null if that never happened. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description When it expires; null if never. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /**
             * @description Whether this request was sent with it.
             * @example false
             */
            current: boolean;
        };
        /** @description The metadata of an authorization server, as RFC 8414 defines it. */
        AuthorizationServer: {
            /**
             * @description The public address of this server. Compare it with `iss` in each redirect.
             * @example https://api.example.com
             */
            issuer: string;
            /**
             * @description The address of authorize.
             * @example https://api.example.com/authorize
             */
            authorization_endpoint: string;
            /**
             * @description The address of issueToken.
             * @example https://api.example.com/token
             */
            token_endpoint: string;
            /**
             * @description All scopes. A session gets those that its role has.
             * @example [
             *       "account:read",
             *       "account:write"
             *     ]
             */
            scopes_supported: components["schemas"]["Scope"][];
            /**
             * @description What authorize returns.
             * @example [
             *       "code"
             *     ]
             */
            response_types_supported: "code"[];
            /**
             * @description How it does that.
             * @example [
             *       "query"
             *     ]
             */
            response_modes_supported: "query"[];
            /**
             * @description What issueToken accepts.
             * @example [
             *       "password",
             *       "refresh_token",
             *       "authorization_code"
             *     ]
             */
            grant_types_supported: components["schemas"]["GrantType"][];
            /**
             * @description How clients authenticate. None does; the code verifier proves that a code is theirs.
             * @example [
             *       "none"
             *     ]
             */
            token_endpoint_auth_methods_supported: "none"[];
            /**
             * @description The methods of RFC 7636.
             * @example [
             *       "S256"
             *     ]
             */
            code_challenge_methods_supported: "S256"[];
            /**
             * @description Each redirect of authorize has `iss` (RFC 9207).
             * @constant
             */
            authorization_response_iss_parameter_supported: true;
        };
        /** @description The identity providers of this server. */
        LoginProviders: {
            /** @description The providers. */
            providers: components["schemas"]["LoginProvider"][];
        };
        /** @description An identity provider that users can log in with. */
        LoginProvider: {
            /**
             * @description Send it to authorize as `provider`.
             * @example example
             */
            id: string;
            /**
             * @description The name for users.
             * @example Example
             */
            name: string;
        };
        /** @description The proof that a mail has arrived. */
        EmailVerification: {
            /**
             * @description The token in the mail, or at the end of its link.
             * @example sym_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            token: string;
        };
        /** @description The account that needs a new password. */
        PasswordResetRequest: {
            /** @description The address of the account. Case does not matter. */
            email: components["schemas"]["Email"];
        };
        /** @description The proof that a mail has arrived, and the new password. */
        PasswordReset: {
            /**
             * @description The token in the mail, or at the end of its link.
             * @example sym_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            token: string;
            /**
             * Format: password
             * @description The new password. The rules are those of createUser.
             * @example staple that new battery
             */
            new_password: string;
        };
        /** @description A new item. Only `title` and `price` are required; other members have the defaults shown. */
        ItemCreate: {
            /**
             * @description One line, not blank.
             * @example Brass desk lamp
             */
            title: string;
            price: components["schemas"]["Price"];
            /**
             * @description Your own article number, unique among your items that are not archived.
             * @example LAMP-01
             */
            sku?: string;
            /**
             * @description Free text of several lines.
             * @default
             * @example Solid brass
             * @example 40 cm high.
             */
            description?: string;
            /**
             * @description A category of your choice. Lower-case words joined by hyphens.
             * @example lighting
             */
            category?: string;
            /**
             * @description Additional words for the search.
             * @default []
             * @example [
             *       "desk-lamp",
             *       "brass"
             *     ]
             */
            tags?: components["schemas"]["Tag"][];
            /**
             * @description Images, the main one first.
             * @default []
             * @example [
             *       "https://img.example/lamp.jpg"
             *     ]
             */
            image_urls?: components["schemas"]["ImageUrl"][];
            /** @default active */
            status?: components["schemas"]["ItemStatusInput"];
            /**
             * @description The initial stock. It is recorded as a stock movement with the reason `received`.
             * @default 0
             * @example 20
             */
            on_hand?: number;
        };
        /** @description The price of one unit. Like Money, with a lower maximum. */
        Price: {
            /**
             * @description Minor units.
             * @example 1999
             */
            amount: number;
            currency: components["schemas"]["Currency"];
        };
        /**
         * @description ISO 4217. A marketplace has one currency; getPublicData names it.
         * @example USD
         */
        Currency: string;
        /**
         * @description Lower-case words joined by hyphens.
         * @example desk-lamp
         */
        Tag: string;
        /**
         * @description The https address of an image. Steelyard stores the address, not the image.
         * @example https://img.example/lamp.jpg
         */
        ImageUrl: string;
        /**
         * @description The statuses that an owner can set. To archive an item, delete it.
         * @enum {string}
         */
        ItemStatusInput: "draft" | "active";
        /** @description An item that its owner sells. `available` is public; `on_hand` and `reserved` are `null` unless you own the item or are staff. */
        Item: {
            /** @description The id of the item. Orders call it `product_id`. */
            id: components["schemas"]["Id"];
            /** @description The user who sells the item. */
            owner_id: components["schemas"]["Id"];
            /**
             * @description The owner's article number.
             * @example LAMP-01
             */
            sku: string | null;
            /**
             * @description One line.
             * @example Brass desk lamp
             */
            title: string;
            /**
             * @description Plain text, `""` if there is none. Escape it before you put it into HTML.
             * @example Solid brass
             * @example 40 cm high.
             */
            description: string;
            /**
             * @description The category of the item.
             * @example lighting
             */
            category: string | null;
            /**
             * @description Words for the search.
             * @example [
             *       "desk-lamp",
             *       "brass"
             *     ]
             */
            tags: components["schemas"]["Tag"][];
            /**
             * @description Images, the main one first.
             * @example [
             *       "https://img.example/lamp.jpg"
             *     ]
             */
            image_urls: components["schemas"]["ImageUrl"][];
            /** @description The price of one unit, without tax. */
            price: components["schemas"]["Price"];
            status: components["schemas"]["ItemStatus"];
            /**
             * @description Units that can be ordered now, `on_hand` less `reserved`.
             * @example 17
             */
            available: number;
            /**
             * @description Units in stock. `null` unless you own the item or are staff.
             * @example 20
             */
            on_hand: number | null;
            /**
             * @description Units that pending orders have reserved. `null` unless you own the item or are staff.
             * @example 3
             */
            reserved: number | null;
            /** @description When the item was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the item was last edited; sales and stock movements do not count. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Increases with each edit, not with sales. Send it as `If-Match` to prevent lost updates. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description `draft`: visible to its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still show it.
         * @enum {string}
         */
        ItemStatus: "draft" | "active" | "archived";
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        ItemSort: "-created_at" | "created_at" | "price" | "-price" | "title" | "-title";
        /** @description A page of items, with the parameters of the request. */
        ItemPage: {
            /** @description In the order of `sort`. */
            items: components["schemas"]["Item"][];
            /**
             * @description The number of skipped entries; `null` on a page by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description The requested size of the page. It may have fewer entries.
             * @example 20
             */
            limit: number;
            /**
             * @description The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            next_cursor: string | null;
            /**
             * @description The search text of the request.
             * @example brass lamp
             */
            search: string | null;
        };
        /**
         * @description A JSON merge patch (RFC 7396): members that are left out stay as they are, `null` clears `sku` or `category`, arrays are replaced as
         *     a whole. To change the stock, use recordStockMovement.
         */
        ItemPatch: {
            /**
             * @description One line, not blank.
             * @example Brass desk lamp
             */
            title?: string;
            /** @description The new price. Existing orders keep the old one. */
            price?: components["schemas"]["Price"];
            /**
             * @description Your own article number, unique among your items that are not archived.
             * @example LAMP-01
             */
            sku?: string | null;
            /**
             * @description Free text of several lines; `""` clears it.
             * @example Solid brass
             * @example 40 cm high.
             */
            description?: string;
            /**
             * @description A category of your choice. Lower-case words joined by hyphens.
             * @example lighting
             */
            category?: string | null;
            /**
             * @description Replaces all tags.
             * @example [
             *       "desk-lamp",
             *       "brass"
             *     ]
             */
            tags?: components["schemas"]["Tag"][];
            /**
             * @description Replaces all images.
             * @example [
             *       "https://img.example/lamp.jpg"
             *     ]
             */
            image_urls?: components["schemas"]["ImageUrl"][];
            status?: components["schemas"]["ItemStatusInput"];
        };
        /** @description A change of stock that did not come from an order. */
        StockMovementCreate: {
            /**
             * @description Units added (positive) or removed (negative); not 0.
             * @example 12
             */
            delta: number;
            reason: components["schemas"]["RecordableReason"];
            /**
             * @description A note of your choice.
             * @example Delivery note 4711
             */
            note?: string;
            /**
             * @description The stock on hand that you expect. If it differs, nothing is recorded (`stock-changed`).
             * @example 20
             */
            expected_on_hand?: number;
        };
        /**
         * @description The reasons that an owner can record. Steelyard records the changes that orders make.
         * @enum {string}
         */
        RecordableReason: "received" | "correction" | "damage" | "customer_return";
        /** @description A change of an item's stock on hand. Movements are never changed; the sum of all `delta` is the stock on hand. */
        StockMovement: {
            /** @description The id of the movement. */
            id: components["schemas"]["Id"];
            /** @description The item whose stock moved. */
            item_id: components["schemas"]["Id"];
            /**
             * @description Units added (positive) or removed (negative).
             * @example 12
             */
            delta: number;
            reason: components["schemas"]["StockMovementReason"];
            /** @description The order that changed the stock; `null` for a movement that was recorded by hand. */
            order_id: components["schemas"]["Id"] | null;
            /**
             * @description The note of the movement.
             * @example Delivery note 4711
             */
            note: string | null;
            /**
             * @description Stock on hand right after this movement.
             * @example 32
             */
            on_hand_after: number;
            /** @description The user who caused the movement; `null` for Steelyard itself. */
            actor_id: components["schemas"]["Id"] | null;
            /** @description When the movement was recorded. */
            created_at: components["schemas"]["Timestamp"];
        };
        /**
         * @description The owner records `received`, `correction`, `damage` and `customer_return`. Steelyard records `sale`, `cancellation` and `refund` when
         *     an order changes stock.
         * @enum {string}
         */
        StockMovementReason: "received" | "correction" | "damage" | "customer_return" | "sale" | "cancellation" | "refund";
        /** @description A page of an item's stock movements, newest first. */
        StockMovementPage: {
            /** @description Newest first. */
            items: components["schemas"]["StockMovement"][];
            /**
             * @description The number of skipped entries; `null` on a page by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description The requested size of the page. It may have fewer entries.
             * @example 20
             */
            limit: number;
            /**
             * @description The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /**
         * @description An order of one item (`product_id` and `quantity`) or of a basket (`lines`). All items of an order must have the same seller.
         *     quoteOrder takes the same body and orders nothing.
         */
        OrderCreate: components["schemas"]["SingleItemOrder"] | components["schemas"]["BasketOrder"];
        /**
         * @description An order of one item. Send at most one of `shipping_address_id` and `shipping_address` (`two_addresses`). Without either, the order
         *     goes to your default address; if you have none, it has no address.
         */
        SingleItemOrder: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The number of units. More than 100 need a discount code.
             * @example 2
             */
            quantity: number;
            /**
             * @description Case does not matter after `PROMO-`. `null` or left out means no code; `""` is invalid.
             * @example PROMO-WELCOME
             */
            discount_code?: string | null;
            /** @description One of your stored addresses. */
            shipping_address_id?: components["schemas"]["Id"];
            shipping_address?: components["schemas"]["ShippingAddressCreate"];
            /** @description The total that you expect, from a quote. If the total differs, nothing is ordered (`price-changed`). */
            expected_total?: components["schemas"]["Money"];
        };
        /** @description The shipping address of this order. It is not added to your stored addresses. */
        ShippingAddressCreate: {
            /**
             * @description The name of the recipient.
             * @example Alice Johnson
             */
            name: string;
            /**
             * @description Street and house number.
             * @example 12 Harbour Road
             */
            street: string;
            /**
             * @description Town or city.
             * @example Portland
             */
            city: string;
            /**
             * @description ISO 3166-1 alpha-2 code.
             * @default US
             * @example US
             */
            country?: string;
            /**
             * @description Postal code; five digits or ZIP+4 in the US.
             * @example 97201
             * @example 97201-1234
             */
            zip_code: string;
        };
        /** @description An amount of money as a whole number of minor units. `1999` `USD` is 19.99 dollars. */
        Money: {
            /**
             * @description Minor units.
             * @example 1999
             */
            amount: number;
            currency: components["schemas"]["Currency"];
        };
        /**
         * @description An order of several items of one seller. Each item has one line (`duplicate_product`). More than 100 units in total need a discount
         *     code (`bulk_discount_required`). Send at most one of `shipping_address_id` and `shipping_address` (`two_addresses`). Without either,
         *     the order goes to your default address; if you have none, it has no address.
         */
        BasketOrder: {
            /** @description The items to order, each in one line. */
            lines: components["schemas"]["BasketLine"][];
            /**
             * @description Case does not matter after `PROMO-`. `null` or left out means no code; `""` is invalid.
             * @example PROMO-WELCOME
             */
            discount_code?: string | null;
            /** @description One of your stored addresses. */
            shipping_address_id?: components["schemas"]["Id"];
            shipping_address?: components["schemas"]["ShippingAddressCreate"];
            /** @description The total that you expect, from a quote. If the total differs, nothing is ordered (`price-changed`). */
            expected_total?: components["schemas"]["Money"];
        };
        /** @description One item of a basket. */
        BasketLine: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The number of units.
             * @example 2
             */
            quantity: number;
        };
        /**
         * @description What an order would cost now. Nothing is reserved: between quote and order, another buyer may take the last unit. `orderable` is true
         *     exactly when `obstacles` is empty.
         */
        Quote: {
            /** @description The lines of the request, with prices. */
            lines: components["schemas"]["QuoteLine"][];
            /** @description Price times quantity, over all lines. */
            subtotal: components["schemas"]["Money"];
            /** @description The discount of the code; 0 if it cannot be used. */
            discount: components["schemas"]["Money"];
            /** @description Tax on `subtotal` less `discount`. */
            tax: components["schemas"]["Money"];
            /** @description The amount to pay: `subtotal` less `discount` plus `tax`. Send it as `expected_total` of the order. */
            total: components["schemas"]["Money"];
            /**
             * @description The code that was applied, in upper case; `null` if none was sent or it cannot be used.
             * @example PROMO-WELCOME
             */
            discount_code: string | null;
            /**
             * @description Whether this order would be accepted now.
             * @example true
             */
            orderable: boolean;
            /** @description Every reason why this order would fail now. */
            obstacles: components["schemas"]["Obstacle"][];
        };
        /** @description One line of a quote. */
        QuoteLine: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The seller's article number.
             * @example LAMP-01
             */
            sku: string | null;
            /**
             * @description The title of the item.
             * @example Brass desk lamp
             */
            title: string;
            /** @description The price of one unit. */
            unit_price: components["schemas"]["Price"];
            /**
             * @description The number of requested units.
             * @example 2
             */
            quantity: number;
            /** @description This line's share of the discount. */
            discount: components["schemas"]["Money"];
            /** @description Tax on this line. */
            tax: components["schemas"]["Money"];
            /** @description Price times quantity, less discount, plus tax. */
            total: components["schemas"]["Money"];
            /**
             * @description Units that can be ordered now.
             * @example 17
             */
            available: number;
        };
        /** @description A reason why this order would fail now. */
        Obstacle: {
            type: components["schemas"]["ObstacleType"];
            /**
             * @description The `detail` of that problem.
             * @example There is not enough in stock
             */
            detail: string;
            /** @description The item concerned; `null` if the reason concerns the whole order. */
            product_id: components["schemas"]["Id"] | null;
        };
        /**
         * @description The problem type that createOrder would return, without `/problems/`.
         * @enum {string}
         */
        ObstacleType: "insufficient-stock" | "price-changed" | "limit-reached" | "promotion-not-applicable" | "mixed-sellers" | "own-item" | "currency-mismatch";
        /**
         * @description An order. Titles, prices, tax and address are copies from the time when it was placed; later edits of the items do not change them.
         *     Buyer, seller and staff see the same members.
         */
        Order: {
            /** @description The id of the order. */
            id: components["schemas"]["Id"];
            /** @description The user who placed the order. */
            buyer_id: components["schemas"]["Id"];
            /** @description The user who sells its items. */
            seller_id: components["schemas"]["Id"];
            status: components["schemas"]["OrderStatus"];
            payment_status: components["schemas"]["PaymentStatus"];
            /** @description The lines, in the order of the request. */
            lines: components["schemas"]["OrderLine"][];
            /** @description Price times quantity, over all lines. */
            subtotal: components["schemas"]["Money"];
            /** @description The discount of the code. */
            discount: components["schemas"]["Money"];
            /** @description Tax on `subtotal` less `discount`. */
            tax: components["schemas"]["Money"];
            /** @description The amount to pay: `subtotal` less `discount` plus `tax`. */
            total: components["schemas"]["Money"];
            /** @description The amount that has been refunded. */
            refunded: components["schemas"]["Money"];
            /**
             * @description The code that was redeemed, in upper case.
             * @example PROMO-WELCOME
             */
            discount_code: string | null;
            /** @description `null` if the order has no address, or if the buyer's account was deleted. */
            shipping_address: components["schemas"]["ShippingAddress"] | null;
            /** @description Payment attempts, oldest first. */
            payments: components["schemas"]["Payment"][];
            /** @description Refunds, oldest first. */
            refunds: components["schemas"]["Refund"][];
            /** @description The shipment; `null` until the order is shipped. */
            shipment: components["schemas"]["Shipment"] | null;
            /** @description The statuses that the order has had, oldest first; the last one is `status`. */
            history: components["schemas"]["OrderTransition"][];
            /** @description When a pending order expires; `null` with any other status. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description When the order was placed. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the order last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Increases with each change. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description `pending`: stock is reserved and the order is not paid. `paid`: the stock is sold. `shipped`: on its way. `delivered`: arrived.
         *     `cancelled`: cancelled by the buyer, the seller or an admin. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are
         *     final.
         * @enum {string}
         */
        OrderStatus: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired";
        /**
         * @description Whether an order is paid. It counts units; `refunded` means that every unit is refunded.
         * @enum {string}
         */
        PaymentStatus: "unpaid" | "paid" | "partially_refunded" | "refunded";
        /** @description One line of an order. */
        OrderLine: {
            /** @description The id of the line. Refunds call it `line_id`. */
            id: components["schemas"]["Id"];
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The seller's article number.
             * @example LAMP-01
             */
            sku: string | null;
            /**
             * @description The title of the item.
             * @example Brass desk lamp
             */
            title: string;
            /** @description The price of one unit. */
            unit_price: components["schemas"]["Price"];
            /**
             * @description The number of ordered units.
             * @example 2
             */
            quantity: number;
            /** @description This line's share of the discount. */
            discount: components["schemas"]["Money"];
            /** @description Tax on this line. */
            tax: components["schemas"]["Money"];
            /** @description Price times quantity, less discount, plus tax. */
            total: components["schemas"]["Money"];
            /**
             * @description The number of refunded units.
             * @example 0
             */
            refunded_quantity: number;
            /** @description The amount that has been refunded for this line. */
            refunded: components["schemas"]["Money"];
        };
        /** @description A copy of the shipping address from the time when the order was placed. */
        ShippingAddress: {
            /**
             * @description The name of the recipient.
             * @example Alice Johnson
             */
            name: string;
            /**
             * @description Street and house number.
             * @example 12 Harbour Road
             */
            street: string;
            /**
             * @description Town or city.
             * @example Portland
             */
            city: string;
            /**
             * @description ISO 3166-1 alpha-2 code.
             * @example US
             */
            country: string;
            /**
             * @description Postal code.
             * @example 97201
             */
            zip_code: string;
        };
        /** @description An attempt to pay an order. */
        Payment: {
            /** @description The id of the attempt. */
            id: components["schemas"]["Id"];
            provider: components["schemas"]["PaymentProvider"];
            status: components["schemas"]["PaymentAttemptStatus"];
            /** @description The amount to pay. */
            amount: components["schemas"]["Money"];
            /**
             * @description The reference that the provider or the seller uses.
             * @example Bank transfer 2026-11-22
             */
            reference: string | null;
            /** @description `null` unless the payment was declined. */
            decline_reason: components["schemas"]["DeclineReason"] | null;
            /** @description When the attempt started. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the outcome became known; `null` while the status is `started`. */
            settled_at: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description `manual`: paid outside of Steelyard and recorded by the seller. `sandbox`: simulated payments, for tests.
         * @enum {string}
         */
        PaymentProvider: "manual" | "sandbox";
        /**
         * @description `started`: the provider has not responded yet. `succeeded`, `declined`: its response. `failed`: the attempt did not reach the provider.
         * @enum {string}
         */
        PaymentAttemptStatus: "started" | "succeeded" | "declined" | "failed";
        /**
         * @description Why the provider declined the payment.
         * @enum {string}
         */
        DeclineReason: "declined" | "insufficient_funds" | "expired" | "suspected_fraud";
        /** @description A refund for some units of an order. */
        Refund: {
            /** @description The id of the refund. */
            id: components["schemas"]["Id"];
            /** @description The refunded order. */
            order_id: components["schemas"]["Id"];
            status: components["schemas"]["RefundStatus"];
            /** @description The refunded units, by line. */
            lines: components["schemas"]["RefundLine"][];
            /** @description The refunded amount, over all lines. */
            amount: components["schemas"]["Money"];
            /**
             * @description Whether the units go back into stock.
             * @example true
             */
            restock: boolean;
            /**
             * @description The reason for the refund.
             * @example Arrived broken
             */
            reason: string;
            /**
             * @description The reference that the provider or the seller uses.
             * @example Bank transfer 2026-11-29
             */
            reference: string | null;
            /** @description When the attempt started. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the outcome became known; `null` while the status is `started`. */
            settled_at: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description `started`: the provider has not responded yet. `succeeded`: the money was refunded. `failed`: nothing was refunded.
         * @enum {string}
         */
        RefundStatus: "started" | "succeeded" | "failed";
        /** @description Refunded units of one order line. */
        RefundLine: {
            /** @description The `id` of the order line. */
            line_id: components["schemas"]["Id"];
            /**
             * @description The number of units.
             * @example 1
             */
            quantity: number;
            /** @description The amount refunded for these units. */
            amount: components["schemas"]["Money"];
        };
        /** @description The shipment of an order. */
        Shipment: {
            /**
             * @description The name of the carrier.
             * @example Parcel Post
             */
            carrier: string;
            /**
             * @description The tracking number of the carrier.
             * @example 00340434161094042557
             */
            tracking_number: string | null;
        };
        /** @description A change of an order's status. */
        OrderTransition: {
            status: components["schemas"]["OrderStatus"];
            /** @description When the status changed. */
            at: components["schemas"]["Timestamp"];
            /** @description The user who changed the status; `null` for Steelyard itself. */
            actor_id: components["schemas"]["Id"] | null;
        };
        /**
         * @description `buyer`: orders that you placed. `seller`: orders that you received. `all`: every order of the marketplace, for staff.
         * @enum {string}
         */
        OrderRole: "buyer" | "seller" | "all";
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        OrderSort: "-created_at" | "created_at";
        /** @description A page of orders. */
        OrderSummaryPage: {
            /** @description In the order of `sort`. */
            items: components["schemas"]["OrderSummary"][];
            /**
             * @description The number of skipped entries; `null` on a page by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description The requested size of the page. It may have fewer entries.
             * @example 20
             */
            limit: number;
            /**
             * @description The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description An order as it appears in lists. getOrder returns the rest. */
        OrderSummary: {
            /** @description The id of the order. */
            id: components["schemas"]["Id"];
            /** @description The user who placed the order. */
            buyer_id: components["schemas"]["Id"];
            /** @description The user who sells its items. */
            seller_id: components["schemas"]["Id"];
            status: components["schemas"]["OrderStatus"];
            payment_status: components["schemas"]["PaymentStatus"];
            /** @description The amount to pay. */
            total: components["schemas"]["Money"];
            /**
             * @description The number of units over all lines.
             * @example 2
             */
            units: number;
            /** @description When the order was placed. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the order last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Increases with each change. */
            version: components["schemas"]["Version"];
        };
        /** @description The reason for a cancellation. */
        CancelOrder: {
            /**
             * @description One line, shown to buyer and seller.
             * @example Ordered by mistake
             */
            reason: string;
            /**
             * @description The seller's reference for a refund that was made outside of Steelyard.
             * @example Bank transfer 2026-11-29
             */
            reference?: string;
        };
        /** @description A greeting with links. */
        Root: {
            /**
             * @description The greeting.
             * @constant
             */
            message: "What is promised is what is delivered.";
            version: components["schemas"]["ContractVersion"];
            links: components["schemas"]["RootLinks"];
        };
        /**
         * @description The version of the contract, `info.version` of this document.
         * @example 1.1.0
         */
        ContractVersion: string;
        /** @description Addresses on this server. */
        RootLinks: {
            /**
             * Format: uri-reference
             * @description The contract in Swagger UI; null where the pages are switched off.
             * @example /docs
             */
            docs: string | null;
            /**
             * Format: uri-reference
             * @description The contract in ReDoc; null where the pages are switched off.
             * @example /redoc
             */
            redoc: string | null;
            /**
             * Format: uri-reference
             * @description The contract as JSON.
             * @example /openapi.json
             */
            openapi: string;
            /**
             * Format: uri-reference
             * @description The health of the server.
             * @example /health
             */
            health: string;
            /**
             * Format: uri-reference
             * @description The catalogue.
             * @example /items
             */
            items: string;
            /**
             * Format: uri-reference
             * @description The address of issueToken.
             * @example /token
             */
            token: string;
        };
        /** @description The health of a server that takes requests. A server that does not returns a 503 `not-ready`. */
        Health: {
            status: components["schemas"]["HealthStatus"];
            version: components["schemas"]["ContractVersion"];
            components: components["schemas"]["HealthComponents"];
        };
        /**
         * @description `ok`: everything works. `degraded`: the server takes requests, but an operator should look at it.
         * @enum {string}
         */
        HealthStatus: "ok" | "degraded";
        /** @description The components that the server needs. */
        HealthComponents: {
            /** @description The database. */
            database: components["schemas"]["ComponentHealth"];
            /** @description Background jobs, such as mails; degraded when they are late or some have failed permanently. */
            jobs: components["schemas"]["ComponentHealth"];
            /** @description The store of rate limits that several servers share; null if there is none. */
            cache: components["schemas"]["ComponentHealth"] | null;
        };
        /** @description A component and its state. */
        ComponentHealth: {
            status: components["schemas"]["ComponentStatus"];
            /**
             * @description The response time of the component in milliseconds; null if it did not respond or was not checked.
             * @example 2
             */
            latency_ms: number | null;
        };
        /**
         * @description The state of a component.
         * @enum {string}
         */
        ComponentStatus: "ok" | "degraded" | "down";
        /** @description The rules of this marketplace, so that no front end has to hard-code them. */
        PublicData: {
            /** @description The currency of all prices and orders. */
            currency: components["schemas"]["Currency"];
            /**
             * @description The tax rate, added to prices, in hundredths of a percent; 1900 is 19 %.
             * @example 0
             */
            tax_rate_bps: number;
            order_limits: components["schemas"]["OrderLimits"];
            /**
             * @description How long an unpaid order reserves its stock.
             * @example 604800
             */
            reservation_seconds: number;
            payment_provider: components["schemas"]["PaymentProvider"];
            /** @description Up to 100 categories that have items on sale, the largest first. */
            categories: components["schemas"]["CategoryCount"][];
        };
        /** @description The limits of one order. */
        OrderLimits: {
            /**
             * @description The maximum number of lines.
             * @example 50
             */
            lines: number;
            /**
             * @description The maximum number of units in a line.
             * @example 1000
             */
            quantity: number;
            /**
             * @description Orders of more units than this need a discount code.
             * @example 100
             */
            bulk_threshold: number;
        };
        /** @description A category and its number of items. */
        CategoryCount: {
            /**
             * @description The category, as in the parameter `category` of listItems.
             * @example lighting
             */
            slug: string;
            /**
             * @description The number of items on sale.
             * @example 12
             */
            items: number;
        };
        /**
         * @description The relation of a caller to a resource, or a role in the marketplace.
         * @enum {string}
         */
        Relation: "self" | "owner" | "buyer" | "seller" | "support" | "admin";
        /**
         * @description An HTTP method.
         * @enum {string}
         */
        HttpMethod: "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
        /**
         * @description A media type.
         * @example application/json
         */
        MediaType: string;
        /** @description An item with fewer available units than requested. */
        Shortage: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The number of requested units.
             * @example 3
             */
            requested: number;
            /**
             * @description Units that were available at the time of the request.
             * @example 1
             */
            available: number;
        };
        /** @description A place where the request breaks the contract. */
        Violation: {
            /**
             * @description The kind of violation, for programs. Violations of a schema have Pydantic's names (`missing`, `extra_forbidden`, `string_too_long`, `greater_than_equal` ...). Other rules add `json_invalid`, `bulk_discount_required`, `duplicate_product`, `unknown_address`, `two_addresses`, `zero_delta`, `owner_locked`, `expires_in_the_past` and `password_too_common`.
             * @example string_too_short
             */
            type: string;
            /**
             * @description The place: `body`, `path`, `query` or `header`, then names and indexes.
             * @example [
             *       "body",
             *       "addresses",
             *       0,
             *       "zip_code"
             *     ]
             */
            loc: components["schemas"]["Step"][];
            /**
             * @description The violation as a sentence. It never contains input.
             * @example String should have at least 8 characters
             */
            msg: string;
            /**
             * @description JSON pointer into the body; null for a violation outside the body, or of the body as a whole.
             * @example /addresses/0/zip_code
             */
            pointer: string | null;
        };
        /**
         * @description The name of a member or parameter, or an index, counted from 0.
         * @example body
         */
        Step: string | number;
        /**
         * @description Why a discount code cannot be used.
         * @enum {string}
         */
        PromotionRefusal: "unknown" | "inactive" | "not_started" | "ended" | "exhausted" | "per_user_limit" | "below_minimum" | "not_for_these_items";
        /** @description E-mail already registered. */
        EmailAlreadyRegisteredProblem: {
            /** @constant */
            type: "/problems/email-already-registered";
            /** @constant */
            title: "E-mail already registered";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "Email already registered";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Password incorrect. */
        PasswordIncorrectProblem: {
            /** @constant */
            type: "/problems/password-incorrect";
            /** @constant */
            title: "Password incorrect";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The current password is wrong";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid mail token. */
        InvalidMailTokenProblem: {
            /** @constant */
            type: "/problems/invalid-mail-token";
            /** @constant */
            title: "Invalid mail token";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The token is not valid";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid cursor. */
        InvalidCursorProblem: {
            /** @constant */
            type: "/problems/invalid-cursor";
            /** @constant */
            title: "Invalid cursor";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The cursor is damaged, belongs to another operation, filter or sort, or was sent together with skip";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid client. */
        InvalidClientProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-client";
            /** @constant */
            title: "Invalid client";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "No client with this client_id is registered";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid redirect URI. */
        InvalidRedirectUriProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-redirect-uri";
            /** @constant */
            title: "Invalid redirect URI";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The client has not registered this redirect_uri";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Login expired. */
        LoginExpiredProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/login-expired";
            /** @constant */
            title: "Login expired";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The login is finished, has expired, or was begun in another browser; begin again";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid grant. */
        InvalidGrantProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-grant";
            /** @constant */
            title: "Invalid grant";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The error code of OAuth 2.
             * @constant
             */
            error: "invalid_grant";
            /**
             * @description The same as `detail`, for clients of OAuth 2.
             * @constant
             */
            error_description: "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier";
        };
        /** @description Unauthorized client. */
        UnauthorizedClientProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/unauthorized-client";
            /** @constant */
            title: "Unauthorized client";
            /** @constant */
            status: 400;
            /** @constant */
            detail: "No client with this client_id is registered";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The error code of OAuth 2.
             * @constant
             */
            error: "unauthorized_client";
            /**
             * @description The same as `detail`, for clients of OAuth 2.
             * @constant
             */
            error_description: "No client with this client_id is registered";
        };
        /** @description Not authenticated. */
        NotAuthenticatedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-authenticated";
            /** @constant */
            title: "Not authenticated";
            /** @constant */
            status: 401;
            /** @constant */
            detail: "Not authenticated";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid token. */
        InvalidTokenProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-token";
            /** @constant */
            title: "Invalid token";
            /** @constant */
            status: 401;
            /** @constant */
            detail: "Could not validate credentials";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Invalid credentials. */
        InvalidCredentialsProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-credentials";
            /** @constant */
            title: "Invalid credentials";
            /** @constant */
            status: 401;
            /** @constant */
            detail: "Incorrect username or password";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The error code of OAuth 2.
             * @constant
             */
            error: "invalid_grant";
        };
        /** @description Invalid refresh token. */
        InvalidRefreshTokenProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-refresh-token";
            /** @constant */
            title: "Invalid refresh token";
            /** @constant */
            status: 401;
            /** @constant */
            detail: "The refresh token is unknown or has expired";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The error code of OAuth 2.
             * @constant
             */
            error: "invalid_grant";
        };
        /** @description Refresh token reused. */
        RefreshTokenReusedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/refresh-token-reused";
            /** @constant */
            title: "Refresh token reused";
            /** @constant */
            status: 401;
            /** @constant */
            detail: "The refresh token was used before, so its session has been revoked";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The error code of OAuth 2.
             * @constant
             */
            error: "invalid_grant";
        };
        /** @description Insufficient scope. */
        InsufficientScopeProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/insufficient-scope";
            /** @constant */
            title: "Insufficient scope";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "The credential lacks the required scope";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The scopes that allow the operation; one of them is enough. */
            required_scope: components["schemas"]["Scope"][];
        };
        /** @description Admin required. */
        AdminRequiredProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/admin-required";
            /** @constant */
            title: "Admin required";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "Admin required";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Staff required. */
        StaffRequiredProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/staff-required";
            /** @constant */
            title: "Staff required";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "Staff required";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Not permitted. */
        NotPermittedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-permitted";
            /** @constant */
            title: "Not permitted";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "You do not have permission to do this";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Who may do this. */
            allowed: components["schemas"]["Relation"][];
        };
        /** @description Session required. */
        SessionRequiredProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/session-required";
            /** @constant */
            title: "Session required";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "This requires a login; an API key is not enough";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Fresh login required. */
        FreshLoginRequiredProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/fresh-login-required";
            /** @constant */
            title: "Fresh login required";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "The last login with a password is too long ago";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The maximum age of the login, in seconds.
             * @example 3600
             */
            max_age: number;
        };
        /** @description Scope amplification. */
        ScopeAmplificationProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/scope-amplification";
            /** @constant */
            title: "Scope amplification";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "An API key cannot have these scopes";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The scopes that you lack yourself, or that no API key can have. */
            refused: components["schemas"]["Scope"][];
        };
        /** @description E-mail not verified. */
        EmailNotVerifiedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/email-not-verified";
            /** @constant */
            title: "E-mail not verified";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "Verify your e-mail address first";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Account disabled. */
        AccountDisabledProblem: {
            /** @constant */
            type: "/problems/account-disabled";
            /** @constant */
            title: "Account disabled";
            /** @constant */
            status: 403;
            /** @constant */
            detail: "This account has been deactivated";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Not found. */
        NotFoundProblem: {
            /** @constant */
            type: "/problems/not-found";
            /** @constant */
            title: "Not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "There is no resource at this address";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Identity not found. */
        IdentityNotFoundProblem: {
            /** @constant */
            type: "/problems/identity-not-found";
            /** @constant */
            title: "Identity not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "Identity not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Provider not found. */
        ProviderNotFoundProblem: {
            /** @constant */
            type: "/problems/provider-not-found";
            /** @constant */
            title: "Provider not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "There is no such identity provider";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description No authorization server. */
        NoAuthorizationServerProblem: {
            /** @constant */
            type: "/problems/no-authorization-server";
            /** @constant */
            title: "No authorization server";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "This server has no public address, so no user can log in with a third party";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description User not found. */
        UserNotFoundProblem: {
            /** @constant */
            type: "/problems/user-not-found";
            /** @constant */
            title: "User not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "User not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Address not found. */
        AddressNotFoundProblem: {
            /** @constant */
            type: "/problems/address-not-found";
            /** @constant */
            title: "Address not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "Address not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Credential not found. */
        CredentialNotFoundProblem: {
            /** @constant */
            type: "/problems/credential-not-found";
            /** @constant */
            title: "Credential not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "Credential not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Item not found. */
        ItemNotFoundProblem: {
            /** @constant */
            type: "/problems/item-not-found";
            /** @constant */
            title: "Item not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "Item not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Order not found. */
        OrderNotFoundProblem: {
            /** @constant */
            type: "/problems/order-not-found";
            /** @constant */
            title: "Order not found";
            /** @constant */
            status: 404;
            /** @constant */
            detail: "Order not found";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Method not allowed. */
        MethodNotAllowedProblem: {
            /** @constant */
            type: "/problems/method-not-allowed";
            /** @constant */
            title: "Method not allowed";
            /** @constant */
            status: 405;
            /** @constant */
            detail: "This address does not support the method";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The supported methods, as in the header `Allow`. */
            allow: components["schemas"]["HttpMethod"][];
        };
        /** @description Not acceptable. */
        NotAcceptableProblem: {
            /** @constant */
            type: "/problems/not-acceptable";
            /** @constant */
            title: "Not acceptable";
            /** @constant */
            status: 406;
            /** @constant */
            detail: "The Accept header excludes every available media type";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The available media types. */
            available: components["schemas"]["MediaType"][];
        };
        /** @description Body too large. */
        BodyTooLargeProblem: {
            /** @constant */
            type: "/problems/body-too-large";
            /** @constant */
            title: "Body too large";
            /** @constant */
            status: 413;
            /** @constant */
            detail: "The body is larger than this operation accepts";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The maximum size in bytes.
             * @example 1048576
             */
            limit: number;
        };
        /** @description Unsupported media type. */
        UnsupportedMediaTypeProblem: {
            /** @constant */
            type: "/problems/unsupported-media-type";
            /** @constant */
            title: "Unsupported media type";
            /** @constant */
            status: 415;
            /** @constant */
            detail: "This operation does not accept the Content-Type of the body";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The media types that this operation accepts. */
            supported: components["schemas"]["MediaType"][];
        };
        /** @description Insufficient stock. */
        InsufficientStockProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/insufficient-stock";
            /** @constant */
            title: "Insufficient stock";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "There is not enough in stock";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Every item with too little stock, not only the first. */
            items: components["schemas"]["Shortage"][];
        };
        /** @description Item unavailable. */
        ItemUnavailableProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/item-unavailable";
            /** @constant */
            title: "Item unavailable";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "An item is unknown, or is not on sale";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Every such item. */
            product_ids: components["schemas"]["Id"][];
        };
        /** @description Stock changed. */
        StockChangedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/stock-changed";
            /** @constant */
            title: "Stock changed";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The stock differs from the one that the request expected";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The current stock on hand.
             * @example 38
             */
            on_hand: number;
        };
        /** @description Price changed. */
        PriceChangedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/price-changed";
            /** @constant */
            title: "Price changed";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The total differs from the one that the request expected";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The current total. */
            total: components["schemas"]["Money"];
        };
        /** @description Order state conflict. */
        OrderStateConflictProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/order-state-conflict";
            /** @constant */
            title: "Order state conflict";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The status of the order does not allow this";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The current status. */
            order_status: components["schemas"]["OrderStatus"];
            /** @description The statuses that the order can change to; empty when its status is final. */
            allowed: components["schemas"]["OrderStatus"][];
        };
        /** @description SKU taken. */
        SkuTakenProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/sku-taken";
            /** @constant */
            title: "SKU taken";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "Another item of yours has this SKU";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description That item. */
            item_id: components["schemas"]["Id"];
        };
        /** @description Open orders. */
        OpenOrdersProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/open-orders";
            /** @constant */
            title: "Open orders";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The account has open orders, as a buyer or as a seller";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The number of open orders.
             * @example 2
             */
            orders: number;
        };
        /** @description Identity taken. */
        IdentityTakenProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/identity-taken";
            /** @constant */
            title: "Identity taken";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "This identity belongs to an account already";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Last login method. */
        LastLoginMethodProblem: {
            /** @constant */
            type: "/problems/last-login-method";
            /** @constant */
            title: "Last login method";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The account has no password and no other identity; set a password first";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Last admin. */
        LastAdminProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/last-admin";
            /** @constant */
            title: "Last admin";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "This is the last active admin";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Limit reached. */
        LimitReachedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/limit-reached";
            /** @constant */
            title: "Limit reached";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The limit has been reached";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The limit.
             * @example 20
             */
            limit: number;
        };
        /** @description Idempotency in progress. */
        IdempotencyInProgressProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/idempotency-in-progress";
            /** @constant */
            title: "Idempotency in progress";
            /** @constant */
            status: 409;
            /** @constant */
            detail: "The first request with this Idempotency-Key is still running";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Precondition failed. */
        PreconditionFailedProblem: {
            /** @constant */
            type: "/problems/precondition-failed";
            /** @constant */
            title: "Precondition failed";
            /** @constant */
            status: 412;
            /** @constant */
            detail: "The resource has changed since the version in If-Match";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The current version. */
            current_version: components["schemas"]["Version"];
        };
        /** @description Validation failed. */
        ValidationFailedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/validation-failed";
            /** @constant */
            title: "Validation failed";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "The request breaks the contract; errors lists every violation";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Every violation in body and parameters, up to 100. */
            errors: components["schemas"]["Violation"][];
            /** @description Whether there were more than 100 violations. */
            truncated: boolean;
        };
        /** @description Promotion not applicable. */
        PromotionNotApplicableProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/promotion-not-applicable";
            /** @constant */
            title: "Promotion not applicable";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "The discount code cannot be used for this order";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The code, in upper case.
             * @example PROMO-SPRING
             */
            code: string;
            reason: components["schemas"]["PromotionRefusal"];
        };
        /** @description Mixed sellers. */
        MixedSellersProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/mixed-sellers";
            /** @constant */
            title: "Mixed sellers";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "All items of an order must have the same seller; place one order for each seller";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The sellers of the items, in the order of the lines. */
            seller_ids: components["schemas"]["Id"][];
        };
        /** @description Own item. */
        OwnItemProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/own-item";
            /** @constant */
            title: "Own item";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "You cannot buy your own item";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The items that are yours. */
            product_ids: components["schemas"]["Id"][];
        };
        /** @description Currency mismatch. */
        CurrencyMismatchProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/currency-mismatch";
            /** @constant */
            title: "Currency mismatch";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "This marketplace uses another currency";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The currency of the marketplace. */
            expected: components["schemas"]["Currency"];
        };
        /** @description Idempotency key reused. */
        IdempotencyKeyReusedProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/idempotency-key-reused";
            /** @constant */
            title: "Idempotency key reused";
            /** @constant */
            status: 422;
            /** @constant */
            detail: "This Idempotency-Key was used with another request";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Too many requests. */
        RateLimitedProblem: {
            /** @constant */
            type: "/problems/rate-limited";
            /** @constant */
            title: "Too many requests";
            /** @constant */
            status: 429;
            /** @constant */
            detail: "Too many requests; wait for the time in Retry-After";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The name of the limit, as in RateLimit-Policy.
             * @example default
             */
            policy: string;
        };
        /** @description Internal error. */
        InternalErrorProblem: {
            /** @constant */
            type: "/problems/internal-error";
            /** @constant */
            title: "Internal error";
            /** @constant */
            status: 500;
            /** @constant */
            detail: "The server failed; the error has been logged";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
        /** @description Not ready. */
        NotReadyProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-ready";
            /** @constant */
            title: "Not ready";
            /** @constant */
            status: 503;
            /** @constant */
            detail: "The server is not ready to serve requests";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            components: components["schemas"]["HealthComponents"];
        };
        /** @description Unavailable. */
        UnavailableProblem: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/unavailable";
            /** @constant */
            title: "Unavailable";
            /** @constant */
            status: 503;
            /** @constant */
            detail: "The server cannot do this at the moment";
            /**
             * @description This occurrence, as the `X-Request-ID` of the response.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
        };
    };
    responses: {
        /** @description E-mail already registered */
        EmailAlreadyRegistered: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/email-already-registered",
                 *       "title": "E-mail already registered",
                 *       "status": 400,
                 *       "detail": "Email already registered",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["EmailAlreadyRegisteredProblem"];
            };
        };
        /** @description Password incorrect */
        PasswordIncorrect: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/password-incorrect",
                 *       "title": "Password incorrect",
                 *       "status": 400,
                 *       "detail": "The current password is wrong",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["PasswordIncorrectProblem"];
            };
        };
        /** @description Invalid mail token */
        InvalidMailToken: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-mail-token",
                 *       "title": "Invalid mail token",
                 *       "status": 400,
                 *       "detail": "The token is not valid",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidMailTokenProblem"];
            };
        };
        /** @description Invalid cursor */
        InvalidCursor: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-cursor",
                 *       "title": "Invalid cursor",
                 *       "status": 400,
                 *       "detail": "The cursor is damaged, belongs to another operation, filter or sort, or was sent together with skip",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidCursorProblem"];
            };
        };
        /** @description Invalid client */
        InvalidClient: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-client",
                 *       "title": "Invalid client",
                 *       "status": 400,
                 *       "detail": "No client with this client_id is registered",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidClientProblem"];
            };
        };
        /** @description Invalid redirect URI */
        InvalidRedirectUri: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-redirect-uri",
                 *       "title": "Invalid redirect URI",
                 *       "status": 400,
                 *       "detail": "The client has not registered this redirect_uri",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidRedirectUriProblem"];
            };
        };
        /** @description Login expired */
        LoginExpired: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/login-expired",
                 *       "title": "Login expired",
                 *       "status": 400,
                 *       "detail": "The login is finished, has expired, or was begun in another browser; begin again",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["LoginExpiredProblem"];
            };
        };
        /** @description Invalid grant */
        InvalidGrant: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-grant",
                 *       "title": "Invalid grant",
                 *       "status": 400,
                 *       "detail": "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "error": "invalid_grant",
                 *       "error_description": "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidGrantProblem"];
            };
        };
        /** @description Unauthorized client */
        UnauthorizedClient: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unauthorized-client",
                 *       "title": "Unauthorized client",
                 *       "status": 400,
                 *       "detail": "No client with this client_id is registered",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "error": "unauthorized_client",
                 *       "error_description": "No client with this client_id is registered"
                 *     }
                 */
                "application/problem+json": components["schemas"]["UnauthorizedClientProblem"];
            };
        };
        /** @description Not authenticated */
        NotAuthenticated: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-authenticated",
                 *       "title": "Not authenticated",
                 *       "status": 401,
                 *       "detail": "Not authenticated",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotAuthenticatedProblem"];
            };
        };
        /** @description Invalid token */
        InvalidToken: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-token",
                 *       "title": "Invalid token",
                 *       "status": 401,
                 *       "detail": "Could not validate credentials",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidTokenProblem"];
            };
        };
        /** @description Invalid credentials */
        InvalidCredentials: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-credentials",
                 *       "title": "Invalid credentials",
                 *       "status": 401,
                 *       "detail": "Incorrect username or password",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "error": "invalid_grant"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidCredentialsProblem"];
            };
        };
        /** @description Invalid refresh token */
        InvalidRefreshToken: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-refresh-token",
                 *       "title": "Invalid refresh token",
                 *       "status": 401,
                 *       "detail": "The refresh token is unknown or has expired",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "error": "invalid_grant"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidRefreshTokenProblem"];
            };
        };
        /** @description Refresh token reused */
        RefreshTokenReused: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/refresh-token-reused",
                 *       "title": "Refresh token reused",
                 *       "status": 401,
                 *       "detail": "The refresh token was used before, so its session has been revoked",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "error": "invalid_grant"
                 *     }
                 */
                "application/problem+json": components["schemas"]["RefreshTokenReusedProblem"];
            };
        };
        /** @description Insufficient scope */
        InsufficientScope: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer error=\"insufficient_scope\"";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "Insufficient scope",
                 *       "status": 403,
                 *       "detail": "The credential lacks the required scope",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "required_scope": [
                 *         "orders:write"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["InsufficientScopeProblem"];
            };
        };
        /** @description Admin required */
        AdminRequired: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/admin-required",
                 *       "title": "Admin required",
                 *       "status": 403,
                 *       "detail": "Admin required",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["AdminRequiredProblem"];
            };
        };
        /** @description Staff required */
        StaffRequired: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/staff-required",
                 *       "title": "Staff required",
                 *       "status": 403,
                 *       "detail": "Staff required",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["StaffRequiredProblem"];
            };
        };
        /** @description Not permitted */
        NotPermitted: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-permitted",
                 *       "title": "Not permitted",
                 *       "status": 403,
                 *       "detail": "You do not have permission to do this",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "allowed": [
                 *         "owner",
                 *         "admin"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotPermittedProblem"];
            };
        };
        /** @description Session required */
        SessionRequired: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/session-required",
                 *       "title": "Session required",
                 *       "status": 403,
                 *       "detail": "This requires a login; an API key is not enough",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["SessionRequiredProblem"];
            };
        };
        /** @description Fresh login required */
        FreshLoginRequired: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/fresh-login-required",
                 *       "title": "Fresh login required",
                 *       "status": 403,
                 *       "detail": "The last login with a password is too long ago",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "max_age": 3600
                 *     }
                 */
                "application/problem+json": components["schemas"]["FreshLoginRequiredProblem"];
            };
        };
        /** @description Scope amplification */
        ScopeAmplification: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/scope-amplification",
                 *       "title": "Scope amplification",
                 *       "status": 403,
                 *       "detail": "An API key cannot have these scopes",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "refused": [
                 *         "account:write"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["ScopeAmplificationProblem"];
            };
        };
        /** @description E-mail not verified */
        EmailNotVerified: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description The authentication scheme to use. */
                "WWW-Authenticate": "Bearer error=\"insufficient_scope\"";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/email-not-verified",
                 *       "title": "E-mail not verified",
                 *       "status": 403,
                 *       "detail": "Verify your e-mail address first",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["EmailNotVerifiedProblem"];
            };
        };
        /** @description Account disabled */
        AccountDisabled: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/account-disabled",
                 *       "title": "Account disabled",
                 *       "status": 403,
                 *       "detail": "This account has been deactivated",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["AccountDisabledProblem"];
            };
        };
        /** @description Not found */
        NotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "There is no resource at this address",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotFoundProblem"];
            };
        };
        /** @description Identity not found */
        IdentityNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/identity-not-found",
                 *       "title": "Identity not found",
                 *       "status": 404,
                 *       "detail": "Identity not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["IdentityNotFoundProblem"];
            };
        };
        /** @description Provider not found */
        ProviderNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/provider-not-found",
                 *       "title": "Provider not found",
                 *       "status": 404,
                 *       "detail": "There is no such identity provider",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProviderNotFoundProblem"];
            };
        };
        /** @description No authorization server */
        NoAuthorizationServer: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/no-authorization-server",
                 *       "title": "No authorization server",
                 *       "status": 404,
                 *       "detail": "This server has no public address, so no user can log in with a third party",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["NoAuthorizationServerProblem"];
            };
        };
        /** @description User not found */
        UserNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/user-not-found",
                 *       "title": "User not found",
                 *       "status": 404,
                 *       "detail": "User not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["UserNotFoundProblem"];
            };
        };
        /** @description Address not found */
        AddressNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/address-not-found",
                 *       "title": "Address not found",
                 *       "status": 404,
                 *       "detail": "Address not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["AddressNotFoundProblem"];
            };
        };
        /** @description Credential not found */
        CredentialNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/credential-not-found",
                 *       "title": "Credential not found",
                 *       "status": 404,
                 *       "detail": "Credential not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["CredentialNotFoundProblem"];
            };
        };
        /** @description Item not found */
        ItemNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/item-not-found",
                 *       "title": "Item not found",
                 *       "status": 404,
                 *       "detail": "Item not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ItemNotFoundProblem"];
            };
        };
        /** @description Order not found */
        OrderNotFound: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/order-not-found",
                 *       "title": "Order not found",
                 *       "status": 404,
                 *       "detail": "Order not found",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["OrderNotFoundProblem"];
            };
        };
        /** @description Method not allowed */
        MethodNotAllowed: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/method-not-allowed",
                 *       "title": "Method not allowed",
                 *       "status": 405,
                 *       "detail": "This address does not support the method",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "allow": [
                 *         "GET",
                 *         "HEAD",
                 *         "OPTIONS",
                 *         "POST"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["MethodNotAllowedProblem"];
            };
        };
        /** @description Not acceptable */
        NotAcceptable: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-acceptable",
                 *       "title": "Not acceptable",
                 *       "status": 406,
                 *       "detail": "The Accept header excludes every available media type",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "available": [
                 *         "application/json"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotAcceptableProblem"];
            };
        };
        /** @description Body too large */
        BodyTooLarge: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/body-too-large",
                 *       "title": "Body too large",
                 *       "status": 413,
                 *       "detail": "The body is larger than this operation accepts",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "limit": 1048576
                 *     }
                 */
                "application/problem+json": components["schemas"]["BodyTooLargeProblem"];
            };
        };
        /** @description Unsupported media type */
        UnsupportedMediaType: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unsupported-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "This operation does not accept the Content-Type of the body",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "supported": [
                 *         "application/json"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
            };
        };
        /** @description Insufficient stock */
        InsufficientStock: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-stock",
                 *       "title": "Insufficient stock",
                 *       "status": 409,
                 *       "detail": "There is not enough in stock",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "items": [
                 *         {
                 *           "product_id": 7,
                 *           "requested": 3,
                 *           "available": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["InsufficientStockProblem"];
            };
        };
        /** @description Item unavailable */
        ItemUnavailable: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/item-unavailable",
                 *       "title": "Item unavailable",
                 *       "status": 409,
                 *       "detail": "An item is unknown, or is not on sale",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "product_ids": [
                 *         7
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["ItemUnavailableProblem"];
            };
        };
        /** @description Stock changed */
        StockChanged: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/stock-changed",
                 *       "title": "Stock changed",
                 *       "status": 409,
                 *       "detail": "The stock differs from the one that the request expected",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "on_hand": 38
                 *     }
                 */
                "application/problem+json": components["schemas"]["StockChangedProblem"];
            };
        };
        /** @description Price changed */
        PriceChanged: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/price-changed",
                 *       "title": "Price changed",
                 *       "status": 409,
                 *       "detail": "The total differs from the one that the request expected",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "total": {
                 *         "amount": 4198,
                 *         "currency": "USD"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["PriceChangedProblem"];
            };
        };
        /** @description Order state conflict */
        OrderStateConflict: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/order-state-conflict",
                 *       "title": "Order state conflict",
                 *       "status": 409,
                 *       "detail": "The status of the order does not allow this",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "order_status": "shipped",
                 *       "allowed": [
                 *         "delivered"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["OrderStateConflictProblem"];
            };
        };
        /** @description SKU taken */
        SkuTaken: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/sku-taken",
                 *       "title": "SKU taken",
                 *       "status": 409,
                 *       "detail": "Another item of yours has this SKU",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "item_id": 7
                 *     }
                 */
                "application/problem+json": components["schemas"]["SkuTakenProblem"];
            };
        };
        /** @description Open orders */
        OpenOrders: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/open-orders",
                 *       "title": "Open orders",
                 *       "status": 409,
                 *       "detail": "The account has open orders, as a buyer or as a seller",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "orders": 2
                 *     }
                 */
                "application/problem+json": components["schemas"]["OpenOrdersProblem"];
            };
        };
        /** @description Identity taken */
        IdentityTaken: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/identity-taken",
                 *       "title": "Identity taken",
                 *       "status": 409,
                 *       "detail": "This identity belongs to an account already",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["IdentityTakenProblem"];
            };
        };
        /** @description Last login method */
        LastLoginMethod: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/last-login-method",
                 *       "title": "Last login method",
                 *       "status": 409,
                 *       "detail": "The account has no password and no other identity; set a password first",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["LastLoginMethodProblem"];
            };
        };
        /** @description Last admin */
        LastAdmin: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/last-admin",
                 *       "title": "Last admin",
                 *       "status": 409,
                 *       "detail": "This is the last active admin",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["LastAdminProblem"];
            };
        };
        /** @description Limit reached */
        LimitReached: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/limit-reached",
                 *       "title": "Limit reached",
                 *       "status": 409,
                 *       "detail": "The limit has been reached",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "limit": 20
                 *     }
                 */
                "application/problem+json": components["schemas"]["LimitReachedProblem"];
            };
        };
        /** @description Idempotency in progress */
        IdempotencyInProgress: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description Seconds to wait before you send the request again. */
                "Retry-After": "1";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/idempotency-in-progress",
                 *       "title": "Idempotency in progress",
                 *       "status": 409,
                 *       "detail": "The first request with this Idempotency-Key is still running",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["IdempotencyInProgressProblem"];
            };
        };
        /** @description Precondition failed */
        PreconditionFailed: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/precondition-failed",
                 *       "title": "Precondition failed",
                 *       "status": 412,
                 *       "detail": "The resource has changed since the version in If-Match",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "current_version": 5
                 *     }
                 */
                "application/problem+json": components["schemas"]["PreconditionFailedProblem"];
            };
        };
        /** @description Validation failed */
        ValidationFailed: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/validation-failed",
                 *       "title": "Validation failed",
                 *       "status": 422,
                 *       "detail": "The request breaks the contract; errors lists every violation",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "errors": [
                 *         {
                 *           "type": "missing",
                 *           "loc": [
                 *             "body",
                 *             "email"
                 *           ],
                 *           "msg": "Field required",
                 *           "pointer": "/email"
                 *         }
                 *       ],
                 *       "truncated": false
                 *     }
                 */
                "application/problem+json": components["schemas"]["ValidationFailedProblem"];
            };
        };
        /** @description Promotion not applicable */
        PromotionNotApplicable: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/promotion-not-applicable",
                 *       "title": "Promotion not applicable",
                 *       "status": 422,
                 *       "detail": "The discount code cannot be used for this order",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "code": "PROMO-SPRING",
                 *       "reason": "ended"
                 *     }
                 */
                "application/problem+json": components["schemas"]["PromotionNotApplicableProblem"];
            };
        };
        /** @description Mixed sellers */
        MixedSellers: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/mixed-sellers",
                 *       "title": "Mixed sellers",
                 *       "status": 422,
                 *       "detail": "All items of an order must have the same seller; place one order for each seller",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "seller_ids": [
                 *         2,
                 *         4
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["MixedSellersProblem"];
            };
        };
        /** @description Own item */
        OwnItem: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/own-item",
                 *       "title": "Own item",
                 *       "status": 422,
                 *       "detail": "You cannot buy your own item",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "product_ids": [
                 *         7
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["OwnItemProblem"];
            };
        };
        /** @description Currency mismatch */
        CurrencyMismatch: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/currency-mismatch",
                 *       "title": "Currency mismatch",
                 *       "status": 422,
                 *       "detail": "This marketplace uses another currency",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "expected": "USD"
                 *     }
                 */
                "application/problem+json": components["schemas"]["CurrencyMismatchProblem"];
            };
        };
        /** @description Idempotency key reused */
        IdempotencyKeyReused: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/idempotency-key-reused",
                 *       "title": "Idempotency key reused",
                 *       "status": 422,
                 *       "detail": "This Idempotency-Key was used with another request",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["IdempotencyKeyReusedProblem"];
            };
        };
        /** @description Too many requests */
        RateLimited: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/rate-limited",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "Too many requests; wait for the time in Retry-After",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "policy": "default"
                 *     }
                 */
                "application/problem+json": components["schemas"]["RateLimitedProblem"];
            };
        };
        /** @description Internal error */
        InternalError: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/internal-error",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "The server failed; the error has been logged",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InternalErrorProblem"];
            };
        };
        /** @description Not ready */
        NotReady: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-ready",
                 *       "title": "Not ready",
                 *       "status": 503,
                 *       "detail": "The server is not ready to serve requests",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "components": {
                 *         "database": {
                 *           "status": "down",
                 *           "latency_ms": null
                 *         },
                 *         "jobs": {
                 *           "status": "down",
                 *           "latency_ms": null
                 *         },
                 *         "cache": null
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotReadyProblem"];
            };
        };
        /** @description Unavailable */
        Unavailable: {
            headers: {
                "X-Request-ID": components["headers"]["X-Request-ID"];
                "X-Response-Time": components["headers"]["X-Response-Time"];
                "Contract-Digest": components["headers"]["Contract-Digest"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                "Referrer-Policy": components["headers"]["Referrer-Policy"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unavailable",
                 *       "title": "Unavailable",
                 *       "status": 503,
                 *       "detail": "The server cannot do this at the moment",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["UnavailableProblem"];
            };
        };
    };
    parameters: {
        /**
         * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
         * @example 40
         */
        Skip: number;
        /**
         * @description The maximum number of items on a page.
         * @example 50
         */
        Limit: number;
        /**
         * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
         * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
         */
        Cursor: string;
        /**
         * @description The id of the user.
         * @example 3
         */
        UserId: number;
        /**
         * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
         * @example "4"
         */
        IfMatch: string;
        /**
         * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
         * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
         */
        OptionalIdempotencyKey: string;
        /**
         * @description The id of an identity.
         * @example 5
         */
        IdentityId: components["schemas"]["Id"];
        /**
         * @description The id of one of your addresses. An address of another user is a 404.
         * @example 5
         */
        AddressId: number;
        /**
         * @description Binds a login to the browser that began it. The server sets and reads it; it gives no access to anything.
         * @example q1Xn0rC2b7YxWzE3NzI0NDQ0MDAsN10q1Xn0rC2b7Yx
         */
        LoginCookie: string;
        /**
         * @description The id of an identity provider.
         * @example example
         */
        LoginProviderId: string;
        /**
         * @description The id of one of your sessions or API keys, such as `session_id` in the response of issueToken.
         * @example 41
         */
        CredentialId: number;
        /**
         * @description The id of the item. Orders call it `product_id`.
         * @example 7
         */
        ItemId: number;
        /**
         * @description A new random text for each purchase or change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Problems are not stored: fix the cause and send the same key again.
         * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
         */
        IdempotencyKey: string;
        /**
         * @description The id of the order.
         * @example 12
         */
        OrderId: number;
        /**
         * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
         * @example "4"
         */
        IfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The path of the new resource, relative to this server.
         * @example /users/3
         */
        Location: string;
        /**
         * @description The version of the resource. Send it as `If-None-Match` to read again, or as `If-Match` to write. The number is the `version` in the body; an item adds the version of its stock, and an `o` marks the full view for owners and staff.
         * @example "4"
         */
        ETag: string;
        /**
         * @description The address of the next page; missing on the last page.
         * @example </users?limit=50&cursor=WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx>; rel="next"
         */
        Link: string;
        /**
         * @description The address where the browser continues.
         * @example https://shop.example.com/callback?code=syc_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIGNvZGUhISE&state=9oYc3jTnK2s&iss=https%3A%2F%2Fapi.example.com
         */
        RedirectLocation: string;
        /**
         * @description Binds the login to this browser for ten minutes. It gives no access to anything.
         * @example __Host-steelyard-login=q1Xn0rC2b7YxWzE3NzI0NDQ0MDAsN10q1Xn0rC2b7Yx; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax
         */
        LoginCookie: string;
        /**
         * @description A hash of the body, for `If-None-Match`. Used where the resource has no version.
         * @example "9b2f64d0c1a7e835"
         */
        BodyETag: string;
        /**
         * @description Identifies this request in the server's logs. Quote it when you report a fault. `instance` of a problem contains it, too.
         * @example 01a2027b-d680-7000-8000-000000000001
         */
        "X-Request-ID": string;
        /**
         * @description Time spent in the server, in seconds.
         * @example 0.0012s
         */
        "X-Response-Time": string;
        /**
         * @description SHA-256 of the contract that the server was built from; also the `ETag` of `/openapi.json`. If your client was generated from a contract with another digest, one of the two is newer.
         * @example sha-256=0d4e0f3b1c5a6978876a5b4c3d2e1f000f1e2d3c4b5a69788796a5b4c3d2e1f0
         */
        "Contract-Digest": string;
        /**
         * @description `private, no-store` for a response to a request with a credential, `public` with a `max-age` for a public resource, `no-store` for a response that contains a secret.
         * @example private, no-store
         */
        "Cache-Control": string;
        /**
         * @description The request headers that a shared cache must take into account.
         * @example Authorization, Origin
         */
        Vary: string;
        /** @description The declared media type is correct; a browser must not guess another. */
        "X-Content-Type-Options": "nosniff";
        /** @description Addresses of this API contain ids, so browsers must not send them to other sites. */
        "Referrer-Policy": "no-referrer";
        /** @description A browser that opens a response as a page must run no script and must not show it in a frame. */
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'";
        /**
         * @description The limit that counted this request, `q` requests per `w` seconds. Missing where limits are switched off.
         * @example "default";q=300;w=60
         */
        "RateLimit-Policy": string;
        /**
         * @description What is left of the quota, `r` requests, and the `t` seconds until it is full again. Missing where limits are switched off.
         * @example "default";r=299;t=1
         */
        RateLimit: string;
        /**
         * @description Every method that the path supports.
         * @example GET, HEAD, OPTIONS, POST
         */
        Allow: string;
        /** @description Seconds to wait before you send the request again. */
        RetryAfter: number;
        /** @description Present when this is the stored response to an earlier request with the same Idempotency-Key. */
        "Idempotency-Replayed": "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Text that occurs in the name or the e-mail address. Case does not matter.
                 * @example alice
                 */
                q?: string;
                /**
                 * @description Only accounts with this role.
                 * @example support
                 */
                role?: components["schemas"]["Role"];
                /**
                 * @description `true`: only active accounts. `false`: only locked accounts.
                 * @example true
                 */
                is_active?: boolean;
                /**
                 * @description Oldest or newest first.
                 * @example -created_at
                 */
                sort?: components["schemas"]["UserSort"];
                /**
                 * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description The maximum number of items on a page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["InvalidCursor"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Staff required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["StaffRequiredProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreate"];
            };
        };
        responses: {
            /** @description The new account. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["EmailAlreadyRegistered"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCurrentUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your account. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Changed. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["PasswordIncorrect"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, full or public. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            404: components["responses"]["UserNotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserUpdate"];
            };
        };
        responses: {
            /** @description The changed account. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["EmailAlreadyRegistered"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Admin required or Session required or Fresh login required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["AdminRequiredProblem"] | components["schemas"]["SessionRequiredProblem"] | components["schemas"]["FreshLoginRequiredProblem"];
                };
            };
            404: components["responses"]["UserNotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Admin required or Session required or Fresh login required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["AdminRequiredProblem"] | components["schemas"]["SessionRequiredProblem"] | components["schemas"]["FreshLoginRequiredProblem"];
                };
            };
            404: components["responses"]["UserNotFound"];
            /** @description Open orders or Last admin */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OpenOrdersProblem"] | components["schemas"]["LastAdminProblem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    setUserAccess: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of the user.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserAccess"];
            };
        };
        responses: {
            /** @description The changed account. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Admin required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["AdminRequiredProblem"];
                };
            };
            404: components["responses"]["UserNotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["LastAdmin"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listIdentities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityList"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    finishIdentityLink: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentityLinkCode"];
            };
        };
        responses: {
            /** @description The linked identity. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identity"];
                };
            };
            400: components["responses"]["InvalidGrant"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            /** @description Identity taken or Limit reached or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["IdentityTakenProblem"] | components["schemas"]["LimitReachedProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an identity.
                 * @example 5
                 */
                identity_id: components["parameters"]["IdentityId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required or Fresh login required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"] | components["schemas"]["FreshLoginRequiredProblem"];
                };
            };
            404: components["responses"]["IdentityNotFound"];
            409: components["responses"]["LastLoginMethod"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    startIdentityLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentityLinkStart"];
            };
        };
        responses: {
            /** @description Where the browser continues. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Caches must not store a secret. */
                    "Cache-Control": "no-store";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityLink"];
                };
            };
            /** @description Invalid client or Invalid redirect URI */
            400: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidClientProblem"] | components["schemas"]["InvalidRedirectUriProblem"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required or Fresh login required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"] | components["schemas"]["FreshLoginRequiredProblem"];
                };
            };
            404: components["responses"]["ProviderNotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createAddress: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressCreate"];
            };
        };
        responses: {
            /** @description The new address. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Address"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            406: components["responses"]["NotAcceptable"];
            /** @description Limit reached or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["LimitReachedProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateAddress: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of one of your addresses. An address of another user is a 404.
                 * @example 5
                 */
                address_id: components["parameters"]["AddressId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressCreate"];
            };
        };
        responses: {
            /** @description The changed address. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Address"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["AddressNotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteAddress: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of one of your addresses. An address of another user is a 404.
                 * @example 5
                 */
                address_id: components["parameters"]["AddressId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["AddressNotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description A token that is valid for 30 minutes. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Caches must not store a token. */
                    "Cache-Control": "no-store";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description Invalid grant or Unauthorized client */
            400: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidGrantProblem"] | components["schemas"]["UnauthorizedClientProblem"];
                    "application/json": components["schemas"]["InvalidGrantProblem"] | components["schemas"]["UnauthorizedClientProblem"];
                };
            };
            /** @description Invalid credentials or Invalid refresh token or Refresh token reused */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidCredentialsProblem"] | components["schemas"]["InvalidRefreshTokenProblem"] | components["schemas"]["RefreshTokenReusedProblem"];
                    "application/json": components["schemas"]["InvalidCredentialsProblem"] | components["schemas"]["InvalidRefreshTokenProblem"] | components["schemas"]["RefreshTokenReusedProblem"];
                };
            };
            /** @description Account disabled */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/account-disabled",
                     *       "title": "Account disabled",
                     *       "status": 403,
                     *       "detail": "This account has been deactivated",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["AccountDisabledProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/account-disabled",
                     *       "title": "Account disabled",
                     *       "status": 403,
                     *       "detail": "This account has been deactivated",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/json": components["schemas"]["AccountDisabledProblem"];
                };
            };
            /** @description Not acceptable */
            406: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-acceptable",
                     *       "title": "Not acceptable",
                     *       "status": 406,
                     *       "detail": "The Accept header excludes every available media type",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "available": [
                     *         "application/json"
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotAcceptableProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/not-acceptable",
                     *       "title": "Not acceptable",
                     *       "status": 406,
                     *       "detail": "The Accept header excludes every available media type",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "available": [
                     *         "application/json"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NotAcceptableProblem"];
                };
            };
            /** @description Body too large */
            413: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/body-too-large",
                     *       "title": "Body too large",
                     *       "status": 413,
                     *       "detail": "The body is larger than this operation accepts",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "limit": 1048576
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BodyTooLargeProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/body-too-large",
                     *       "title": "Body too large",
                     *       "status": 413,
                     *       "detail": "The body is larger than this operation accepts",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "limit": 1048576
                     *     }
                     */
                    "application/json": components["schemas"]["BodyTooLargeProblem"];
                };
            };
            /** @description Unsupported media type */
            415: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/unsupported-media-type",
                     *       "title": "Unsupported media type",
                     *       "status": 415,
                     *       "detail": "This operation does not accept the Content-Type of the body",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "supported": [
                     *         "application/json"
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/unsupported-media-type",
                     *       "title": "Unsupported media type",
                     *       "status": 415,
                     *       "detail": "This operation does not accept the Content-Type of the body",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "supported": [
                     *         "application/json"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description Validation failed */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/validation-failed",
                     *       "title": "Validation failed",
                     *       "status": 422,
                     *       "detail": "The request breaks the contract; errors lists every violation",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "errors": [
                     *         {
                     *           "type": "missing",
                     *           "loc": [
                     *             "body",
                     *             "email"
                     *           ],
                     *           "msg": "Field required",
                     *           "pointer": "/email"
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/validation-failed",
                     *       "title": "Validation failed",
                     *       "status": 422,
                     *       "detail": "The request breaks the contract; errors lists every violation",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "errors": [
                     *         {
                     *           "type": "missing",
                     *           "loc": [
                     *             "body",
                     *             "email"
                     *           ],
                     *           "msg": "Field required",
                     *           "pointer": "/email"
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/json": components["schemas"]["ValidationFailedProblem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests; wait for the time in Retry-After",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "policy": "default"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["RateLimitedProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests; wait for the time in Retry-After",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "policy": "default"
                     *     }
                     */
                    "application/json": components["schemas"]["RateLimitedProblem"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/internal-error",
                     *       "title": "Internal error",
                     *       "status": 500,
                     *       "detail": "The server failed; the error has been logged",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InternalErrorProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/internal-error",
                     *       "title": "Internal error",
                     *       "status": 500,
                     *       "detail": "The server failed; the error has been logged",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/json": components["schemas"]["InternalErrorProblem"];
                };
            };
            /** @description Unavailable */
            503: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/unavailable",
                     *       "title": "Unavailable",
                     *       "status": 503,
                     *       "detail": "The server cannot do this at the moment",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["UnavailableProblem"];
                    /**
                     * @example {
                     *       "type": "/problems/unavailable",
                     *       "title": "Unavailable",
                     *       "status": 503,
                     *       "detail": "The server cannot do this at the moment",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/json": components["schemas"]["UnavailableProblem"];
                };
            };
        };
    };
    listCredentials: {
        parameters: {
            query?: {
                /**
                 * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description The maximum number of items on a page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of credentials. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialPage"];
                };
            };
            400: components["responses"]["InvalidCursor"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyCreate"];
            };
        };
        responses: {
            /** @description The new key, with its secret. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Caches must not store a secret. */
                    "Cache-Control": "no-store";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyCreated"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required or Fresh login required or Scope amplification */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"] | components["schemas"]["FreshLoginRequiredProblem"] | components["schemas"]["ScopeAmplificationProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            /** @description Limit reached or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["LimitReachedProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAuthorizationServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Any cache may keep the response for five minutes. */
                    "Cache-Control": "public, max-age=300";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServer"];
                };
            };
            404: components["responses"]["NoAuthorizationServer"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLoginProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers; an empty list if there are none. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginProviders"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    authorize: {
        parameters: {
            query?: {
                /**
                 * @description Only `code`.
                 * @example code
                 */
                response_type?: string;
                /**
                 * @description The id of a client that the operator of this server has registered.
                 * @example shop
                 */
                client_id?: string;
                /**
                 * @description One of the registered addresses of the client, exactly; a registered loopback address fits with any port (RFC 8252).
                 * @example https://shop.example.com/callback
                 */
                redirect_uri?: string;
                /**
                 * @description Sent back unchanged, so that the client recognises its own request.
                 * @example 9oYc3jTnK2s
                 */
                state?: string;
                /**
                 * @description The base64url of the SHA-256 of a random code verifier, which issueToken needs.
                 * @example E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
                 */
                code_challenge?: string;
                /**
                 * @description Only `S256`.
                 * @example S256
                 */
                code_challenge_method?: string;
                /**
                 * @description The requested scopes, separated by spaces, as for issueToken.
                 * @example orders:read
                 */
                scope?: string;
                /**
                 * @description The id of an identity provider.
                 * @example example
                 */
                provider?: string;
                /**
                 * @description From startIdentityLink, which has all other parameters.
                 * @example syl_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIGxpbmshISEh
                 */
                link?: string;
                /**
                 * @description `login`: the provider checks the password again. Only then does the login count as fresh.
                 * @example login
                 */
                prompt?: string;
            };
            header?: never;
            path?: never;
            cookie?: {
                /**
                 * @description Binds a login to the browser that began it. The server sets and reads it; it gives no access to anything.
                 * @example q1Xn0rC2b7YxWzE3NzI0NDQ0MDAsN10q1Xn0rC2b7Yx
                 */
                "__Host-steelyard-login"?: components["parameters"]["LoginCookie"];
            };
        };
        requestBody?: never;
        responses: {
            /** @description To the provider, to the page where the user chooses one, or to the client with an error. */
            303: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Location: components["headers"]["RedirectLocation"];
                    "Set-Cookie": components["headers"]["LoginCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Invalid client or Invalid redirect URI or Login expired */
            400: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidClientProblem"] | components["schemas"]["InvalidRedirectUriProblem"] | components["schemas"]["LoginExpiredProblem"];
                };
            };
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    receiveLogin: {
        parameters: {
            query?: {
                /**
                 * @description The state that this server gave the provider.
                 * @example 0b9f5a3f8c110b9f5a3f8c110b9f5a3f8c110b9f5a3
                 */
                state?: string;
                /**
                 * @description The code of the provider.
                 * @example SplxlOBeZQQYbYS6WxSbIA
                 */
                code?: string;
                /**
                 * @description The reason why the provider sends no code, such as `access_denied`.
                 * @example access_denied
                 */
                error?: string;
                /**
                 * @description The issuer of the response (RFC 9207), from providers that send it.
                 * @example https://login.example.com
                 */
                iss?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of an identity provider.
                 * @example example
                 */
                provider: components["parameters"]["LoginProviderId"];
            };
            cookie?: {
                /**
                 * @description Binds a login to the browser that began it. The server sets and reads it; it gives no access to anything.
                 * @example q1Xn0rC2b7YxWzE3NzI0NDQ0MDAsN10q1Xn0rC2b7Yx
                 */
                "__Host-steelyard-login"?: components["parameters"]["LoginCookie"];
            };
        };
        requestBody?: never;
        responses: {
            /** @description To the client, with a code or an error. */
            303: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Location: components["headers"]["RedirectLocation"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["LoginExpired"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeCurrentCredential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Logged out. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeCredential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of one of your sessions or API keys, such as `session_id` in the response of issueToken.
                 * @example 41
                 */
                credential_id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Session required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["SessionRequiredProblem"];
                };
            };
            404: components["responses"]["CredentialNotFound"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    requestEmailVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A mail will be sent. */
            202: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmEmailVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailVerification"];
            };
        };
        responses: {
            /** @description The address is verified. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidMailToken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordResetRequest"];
            };
        };
        responses: {
            /** @description A mail will be sent, if there is such an account. */
            202: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description The new password is set. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidMailToken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listItems: {
        parameters: {
            query?: {
                /**
                 * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description The maximum number of items on a page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Words that must all occur in title, description or tags. Case does not matter; there are no wildcards.
                 * @example brass lamp
                 */
                search?: string;
                /**
                 * @description Only items in this category.
                 * @example lighting
                 */
                category?: string;
                /**
                 * @description Only items of this seller.
                 * @example 4
                 */
                owner_id?: components["schemas"]["Id"];
                /**
                 * @description Only items that cost at least this, in minor units (cents).
                 * @example 1000
                 */
                min_price?: number;
                /**
                 * @description Only items that cost at most this, in minor units (cents).
                 * @example 5000
                 */
                max_price?: number;
                /**
                 * @description `true`: only items that can be ordered now. `false`: only items that are sold out.
                 * @example true
                 */
                in_stock?: boolean;
                /**
                 * @description Only items with this status.
                 * @example active
                 */
                status?: components["schemas"]["ItemStatus"];
                /**
                 * @description The order of the list.
                 * @example price
                 */
                sort?: components["schemas"]["ItemSort"];
            };
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of items. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["BodyETag"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemPage"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["BodyETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidCursor"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["NotPermitted"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createItem: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemCreate"];
            };
        };
        responses: {
            /** @description The new item. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or E-mail not verified */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["EmailNotVerifiedProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            /** @description SKU taken or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["SkuTakenProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Currency mismatch or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["CurrencyMismatchProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getItem: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            404: components["responses"]["ItemNotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteItem: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Archived. */
            204: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Not permitted */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["NotPermittedProblem"];
                };
            };
            404: components["responses"]["ItemNotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateItem: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Write only if the resource still has this version: the `ETag` of your last read, or `"<version>"` built from `version` in the body. A list and `*` are accepted; any other value matches nothing and is a 412. Without the header, the last write wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["ItemPatch"];
            };
        };
        responses: {
            /** @description The changed item. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Not permitted */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["NotPermittedProblem"];
                };
            };
            404: components["responses"]["ItemNotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["SkuTaken"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Currency mismatch */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["CurrencyMismatchProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listStockMovements: {
        parameters: {
            query?: {
                /**
                 * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description The maximum number of items on a page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of stock movements. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockMovementPage"];
                };
            };
            400: components["responses"]["InvalidCursor"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Not permitted */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["NotPermittedProblem"];
                };
            };
            404: components["responses"]["ItemNotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    recordStockMovement: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A new random text for each purchase or change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Problems are not stored: fix the cause and send the same key again.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The id of the item. Orders call it `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StockMovementCreate"];
            };
        };
        responses: {
            /** @description The recorded movement. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockMovement"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Not permitted */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["NotPermittedProblem"];
                };
            };
            404: components["responses"]["ItemNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description Insufficient stock or Stock changed or Limit reached or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientStockProblem"] | components["schemas"]["StockChangedProblem"] | components["schemas"]["LimitReachedProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    quoteOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCreate"];
            };
        };
        responses: {
            /** @description The priced order. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quote"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ItemUnavailable"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /**
                 * @description Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a whole list, use `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description The maximum number of items on a page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns each entry once, even while entries are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Your role in the orders.
                 * @example seller
                 */
                role?: components["schemas"]["OrderRole"];
                /**
                 * @description Only orders with this status.
                 * @example pending
                 */
                status?: components["schemas"]["OrderStatus"];
                /**
                 * @description Only orders placed after this moment.
                 * @example 2026-11-01T00:00:00Z
                 */
                created_after?: string;
                /**
                 * @description Only orders placed before this moment.
                 * @example 2026-12-01T00:00:00Z
                 */
                created_before?: string;
                /**
                 * @description The order of the list.
                 * @example created_at
                 */
                sort?: components["schemas"]["OrderSort"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderSummaryPage"];
                };
            };
            400: components["responses"]["InvalidCursor"];
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Staff required */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["StaffRequiredProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createOrder: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description A new random text for each purchase or change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Problems are not stored: fix the cause and send the same key again.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCreate"];
            };
        };
        responses: {
            /** @description The new order. */
            201: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or E-mail not verified */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["EmailNotVerifiedProblem"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            /** @description Insufficient stock or Item unavailable or Price changed or Limit reached or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientStockProblem"] | components["schemas"]["ItemUnavailableProblem"] | components["schemas"]["PriceChangedProblem"] | components["schemas"]["LimitReachedProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Promotion not applicable or Mixed sellers or Own item or Currency mismatch or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["PromotionNotApplicableProblem"] | components["schemas"]["MixedSellersProblem"] | components["schemas"]["OwnItemProblem"] | components["schemas"]["CurrencyMismatchProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The id of the order.
                 * @example 12
                 */
                order_id: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
            404: components["responses"]["OrderNotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A new random text for each change, and the same text for each retry. The request takes effect once; for 24 hours every retry gets the first response, marked `Idempotency-Replayed`. Without the header, each request takes effect.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                /**
                 * @description The id of the order.
                 * @example 12
                 */
                order_id: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelOrder"];
            };
        };
        responses: {
            /** @description The cancelled order. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Not authenticated or Invalid token */
            401: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            /** @description Insufficient scope or Not permitted */
            403: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The authentication scheme to use. */
                    "WWW-Authenticate"?: "Bearer error=\"insufficient_scope\"";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["NotPermittedProblem"];
                };
            };
            404: components["responses"]["OrderNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description Order state conflict or Idempotency in progress */
            409: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait before you send the request again. */
                    "Retry-After"?: "1";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OrderStateConflictProblem"] | components["schemas"]["IdempotencyInProgressProblem"];
                };
            };
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Validation failed or Idempotency key reused */
            422: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ValidationFailedProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A greeting with links. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Root"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server takes requests. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not acceptable */
            406: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-acceptable",
                     *       "title": "Not acceptable",
                     *       "status": 406,
                     *       "detail": "The Accept header excludes every available media type",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                     *       "available": [
                     *         "application/json"
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotAcceptableProblem"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/internal-error",
                     *       "title": "Internal error",
                     *       "status": 500,
                     *       "detail": "The server failed; the error has been logged",
                     *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InternalErrorProblem"];
                };
            };
            /** @description Not ready or Unavailable */
            503: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotReadyProblem"] | components["schemas"]["UnavailableProblem"];
                };
            };
        };
    };
    getPublicData: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of the version that you already have. While it is current, the response is a 304 without a body. A list and `*` are accepted; any other value is ignored.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Any cache may keep the response for five minutes. */
                    "Cache-Control": "public, max-age=300";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["BodyETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicData"];
                };
            };
            /** @description It has not changed. */
            304: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Any cache may keep the response for five minutes. */
                    "Cache-Control": "public, max-age=300";
                    Vary: components["headers"]["Vary"];
                    "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                    "Referrer-Policy": components["headers"]["Referrer-Policy"];
                    "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    ETag: components["headers"]["BodyETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
}
export type UserCreate = components["schemas"]["UserCreate"];
export type Email = components["schemas"]["Email"];
export type AddressCreate = components["schemas"]["AddressCreate"];
export type User = components["schemas"]["User"];
export type Id = components["schemas"]["Id"];
export type Role = components["schemas"]["Role"];
export type Address = components["schemas"]["Address"];
export type Timestamp = components["schemas"]["Timestamp"];
export type Version = components["schemas"]["Version"];
export type UserSort = components["schemas"]["UserSort"];
export type UserPage = components["schemas"]["UserPage"];
export type ChangePassword = components["schemas"]["ChangePassword"];
export type UserView = components["schemas"]["UserView"];
export type UserPublic = components["schemas"]["UserPublic"];
export type UserUpdate = components["schemas"]["UserUpdate"];
export type UserAccess = components["schemas"]["UserAccess"];
export type IdentityList = components["schemas"]["IdentityList"];
export type Identity = components["schemas"]["Identity"];
export type IdentityLinkCode = components["schemas"]["IdentityLinkCode"];
export type IdentityLinkStart = components["schemas"]["IdentityLinkStart"];
export type IdentityLink = components["schemas"]["IdentityLink"];
export type TokenRequest = components["schemas"]["TokenRequest"];
export type GrantType = components["schemas"]["GrantType"];
export type Token = components["schemas"]["Token"];
export type ApiKeyCreate = components["schemas"]["ApiKeyCreate"];
export type Scope = components["schemas"]["Scope"];
export type ApiKeyCreated = components["schemas"]["ApiKeyCreated"];
export type CredentialKind = components["schemas"]["CredentialKind"];
export type CredentialPage = components["schemas"]["CredentialPage"];
export type Credential = components["schemas"]["Credential"];
export type AuthorizationServer = components["schemas"]["AuthorizationServer"];
export type LoginProviders = components["schemas"]["LoginProviders"];
export type LoginProvider = components["schemas"]["LoginProvider"];
export type EmailVerification = components["schemas"]["EmailVerification"];
export type PasswordResetRequest = components["schemas"]["PasswordResetRequest"];
export type PasswordReset = components["schemas"]["PasswordReset"];
export type ItemCreate = components["schemas"]["ItemCreate"];
export type Price = components["schemas"]["Price"];
export type Currency = components["schemas"]["Currency"];
export type Tag = components["schemas"]["Tag"];
export type ImageUrl = components["schemas"]["ImageUrl"];
export type ItemStatusInput = components["schemas"]["ItemStatusInput"];
export type Item = components["schemas"]["Item"];
export type ItemStatus = components["schemas"]["ItemStatus"];
export type ItemSort = components["schemas"]["ItemSort"];
export type ItemPage = components["schemas"]["ItemPage"];
export type ItemPatch = components["schemas"]["ItemPatch"];
export type StockMovementCreate = components["schemas"]["StockMovementCreate"];
export type RecordableReason = components["schemas"]["RecordableReason"];
export type StockMovement = components["schemas"]["StockMovement"];
export type StockMovementReason = components["schemas"]["StockMovementReason"];
export type StockMovementPage = components["schemas"]["StockMovementPage"];
export type OrderCreate = components["schemas"]["OrderCreate"];
export type SingleItemOrder = components["schemas"]["SingleItemOrder"];
export type ShippingAddressCreate = components["schemas"]["ShippingAddressCreate"];
export type Money = components["schemas"]["Money"];
export type BasketOrder = components["schemas"]["BasketOrder"];
export type BasketLine = components["schemas"]["BasketLine"];
export type Quote = components["schemas"]["Quote"];
export type QuoteLine = components["schemas"]["QuoteLine"];
export type Obstacle = components["schemas"]["Obstacle"];
export type ObstacleType = components["schemas"]["ObstacleType"];
export type Order = components["schemas"]["Order"];
export type OrderStatus = components["schemas"]["OrderStatus"];
export type PaymentStatus = components["schemas"]["PaymentStatus"];
export type OrderLine = components["schemas"]["OrderLine"];
export type ShippingAddress = components["schemas"]["ShippingAddress"];
export type Payment = components["schemas"]["Payment"];
export type PaymentProvider = components["schemas"]["PaymentProvider"];
export type PaymentAttemptStatus = components["schemas"]["PaymentAttemptStatus"];
export type DeclineReason = components["schemas"]["DeclineReason"];
export type Refund = components["schemas"]["Refund"];
export type RefundStatus = components["schemas"]["RefundStatus"];
export type RefundLine = components["schemas"]["RefundLine"];
export type Shipment = components["schemas"]["Shipment"];
export type OrderTransition = components["schemas"]["OrderTransition"];
export type OrderRole = components["schemas"]["OrderRole"];
export type OrderSort = components["schemas"]["OrderSort"];
export type OrderSummaryPage = components["schemas"]["OrderSummaryPage"];
export type OrderSummary = components["schemas"]["OrderSummary"];
export type CancelOrder = components["schemas"]["CancelOrder"];
export type Root = components["schemas"]["Root"];
export type ContractVersion = components["schemas"]["ContractVersion"];
export type RootLinks = components["schemas"]["RootLinks"];
export type Health = components["schemas"]["Health"];
export type HealthStatus = components["schemas"]["HealthStatus"];
export type HealthComponents = components["schemas"]["HealthComponents"];
export type ComponentHealth = components["schemas"]["ComponentHealth"];
export type ComponentStatus = components["schemas"]["ComponentStatus"];
export type PublicData = components["schemas"]["PublicData"];
export type OrderLimits = components["schemas"]["OrderLimits"];
export type CategoryCount = components["schemas"]["CategoryCount"];
export type Relation = components["schemas"]["Relation"];
export type HttpMethod = components["schemas"]["HttpMethod"];
export type MediaType = components["schemas"]["MediaType"];
export type Shortage = components["schemas"]["Shortage"];
export type Violation = components["schemas"]["Violation"];
export type Step = components["schemas"]["Step"];
export type PromotionRefusal = components["schemas"]["PromotionRefusal"];
export type EmailAlreadyRegisteredProblem = components["schemas"]["EmailAlreadyRegisteredProblem"];
export type PasswordIncorrectProblem = components["schemas"]["PasswordIncorrectProblem"];
export type InvalidMailTokenProblem = components["schemas"]["InvalidMailTokenProblem"];
export type InvalidCursorProblem = components["schemas"]["InvalidCursorProblem"];
export type InvalidClientProblem = components["schemas"]["InvalidClientProblem"];
export type InvalidRedirectUriProblem = components["schemas"]["InvalidRedirectUriProblem"];
export type LoginExpiredProblem = components["schemas"]["LoginExpiredProblem"];
export type InvalidGrantProblem = components["schemas"]["InvalidGrantProblem"];
export type UnauthorizedClientProblem = components["schemas"]["UnauthorizedClientProblem"];
export type NotAuthenticatedProblem = components["schemas"]["NotAuthenticatedProblem"];
export type InvalidTokenProblem = components["schemas"]["InvalidTokenProblem"];
export type InvalidCredentialsProblem = components["schemas"]["InvalidCredentialsProblem"];
export type InvalidRefreshTokenProblem = components["schemas"]["InvalidRefreshTokenProblem"];
export type RefreshTokenReusedProblem = components["schemas"]["RefreshTokenReusedProblem"];
export type InsufficientScopeProblem = components["schemas"]["InsufficientScopeProblem"];
export type AdminRequiredProblem = components["schemas"]["AdminRequiredProblem"];
export type StaffRequiredProblem = components["schemas"]["StaffRequiredProblem"];
export type NotPermittedProblem = components["schemas"]["NotPermittedProblem"];
export type SessionRequiredProblem = components["schemas"]["SessionRequiredProblem"];
export type FreshLoginRequiredProblem = components["schemas"]["FreshLoginRequiredProblem"];
export type ScopeAmplificationProblem = components["schemas"]["ScopeAmplificationProblem"];
export type EmailNotVerifiedProblem = components["schemas"]["EmailNotVerifiedProblem"];
export type AccountDisabledProblem = components["schemas"]["AccountDisabledProblem"];
export type NotFoundProblem = components["schemas"]["NotFoundProblem"];
export type IdentityNotFoundProblem = components["schemas"]["IdentityNotFoundProblem"];
export type ProviderNotFoundProblem = components["schemas"]["ProviderNotFoundProblem"];
export type NoAuthorizationServerProblem = components["schemas"]["NoAuthorizationServerProblem"];
export type UserNotFoundProblem = components["schemas"]["UserNotFoundProblem"];
export type AddressNotFoundProblem = components["schemas"]["AddressNotFoundProblem"];
export type CredentialNotFoundProblem = components["schemas"]["CredentialNotFoundProblem"];
export type ItemNotFoundProblem = components["schemas"]["ItemNotFoundProblem"];
export type OrderNotFoundProblem = components["schemas"]["OrderNotFoundProblem"];
export type MethodNotAllowedProblem = components["schemas"]["MethodNotAllowedProblem"];
export type NotAcceptableProblem = components["schemas"]["NotAcceptableProblem"];
export type BodyTooLargeProblem = components["schemas"]["BodyTooLargeProblem"];
export type UnsupportedMediaTypeProblem = components["schemas"]["UnsupportedMediaTypeProblem"];
export type InsufficientStockProblem = components["schemas"]["InsufficientStockProblem"];
export type ItemUnavailableProblem = components["schemas"]["ItemUnavailableProblem"];
export type StockChangedProblem = components["schemas"]["StockChangedProblem"];
export type PriceChangedProblem = components["schemas"]["PriceChangedProblem"];
export type OrderStateConflictProblem = components["schemas"]["OrderStateConflictProblem"];
export type SkuTakenProblem = components["schemas"]["SkuTakenProblem"];
export type OpenOrdersProblem = components["schemas"]["OpenOrdersProblem"];
export type IdentityTakenProblem = components["schemas"]["IdentityTakenProblem"];
export type LastLoginMethodProblem = components["schemas"]["LastLoginMethodProblem"];
export type LastAdminProblem = components["schemas"]["LastAdminProblem"];
export type LimitReachedProblem = components["schemas"]["LimitReachedProblem"];
export type IdempotencyInProgressProblem = components["schemas"]["IdempotencyInProgressProblem"];
export type PreconditionFailedProblem = components["schemas"]["PreconditionFailedProblem"];
export type ValidationFailedProblem = components["schemas"]["ValidationFailedProblem"];
export type PromotionNotApplicableProblem = components["schemas"]["PromotionNotApplicableProblem"];
export type MixedSellersProblem = components["schemas"]["MixedSellersProblem"];
export type OwnItemProblem = components["schemas"]["OwnItemProblem"];
export type CurrencyMismatchProblem = components["schemas"]["CurrencyMismatchProblem"];
export type IdempotencyKeyReusedProblem = components["schemas"]["IdempotencyKeyReusedProblem"];
export type RateLimitedProblem = components["schemas"]["RateLimitedProblem"];
export type InternalErrorProblem = components["schemas"]["InternalErrorProblem"];
export type NotReadyProblem = components["schemas"]["NotReadyProblem"];
export type UnavailableProblem = components["schemas"]["UnavailableProblem"];

/** All problems; `type` discriminates. */
export type Problem =
    | EmailAlreadyRegisteredProblem
    | PasswordIncorrectProblem
    | InvalidMailTokenProblem
    | InvalidCursorProblem
    | InvalidClientProblem
    | InvalidRedirectUriProblem
    | LoginExpiredProblem
    | InvalidGrantProblem
    | UnauthorizedClientProblem
    | NotAuthenticatedProblem
    | InvalidTokenProblem
    | InvalidCredentialsProblem
    | InvalidRefreshTokenProblem
    | RefreshTokenReusedProblem
    | InsufficientScopeProblem
    | AdminRequiredProblem
    | StaffRequiredProblem
    | NotPermittedProblem
    | SessionRequiredProblem
    | FreshLoginRequiredProblem
    | ScopeAmplificationProblem
    | EmailNotVerifiedProblem
    | AccountDisabledProblem
    | NotFoundProblem
    | IdentityNotFoundProblem
    | ProviderNotFoundProblem
    | NoAuthorizationServerProblem
    | UserNotFoundProblem
    | AddressNotFoundProblem
    | CredentialNotFoundProblem
    | ItemNotFoundProblem
    | OrderNotFoundProblem
    | MethodNotAllowedProblem
    | NotAcceptableProblem
    | BodyTooLargeProblem
    | UnsupportedMediaTypeProblem
    | InsufficientStockProblem
    | ItemUnavailableProblem
    | StockChangedProblem
    | PriceChangedProblem
    | OrderStateConflictProblem
    | SkuTakenProblem
    | OpenOrdersProblem
    | IdentityTakenProblem
    | LastLoginMethodProblem
    | LastAdminProblem
    | LimitReachedProblem
    | IdempotencyInProgressProblem
    | PreconditionFailedProblem
    | ValidationFailedProblem
    | PromotionNotApplicableProblem
    | MixedSellersProblem
    | OwnItemProblem
    | CurrencyMismatchProblem
    | IdempotencyKeyReusedProblem
    | RateLimitedProblem
    | InternalErrorProblem
    | NotReadyProblem
    | UnavailableProblem;

/** The problems of one operation: `Refusal<"createOrder">`. A `switch` over `type` that has every case leaves `never`. */
export type Refusal<Id extends keyof operations> = {
    [Status in keyof operations[Id]["responses"]]: operations[Id]["responses"][Status] extends {
        content: { "application/problem+json": infer Body };
    } ? Body : never;
}[keyof operations[Id]["responses"]];
