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
         * @description For support and admin. Deleted accounts are not listed. Filters narrow each other down.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Register
         * @description Makes an account with the role `user` that can be used at once; log in with issueToken. The answer is the only one that shows a
         *     full account without a login.
         *
         *     Admitting that an address is taken is deliberate, and why registering is limited to a few times a minute.
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
         * @description The first request after a login; it tells your id and role, and holds your addresses.
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
         * @description Ends all your other sessions; this one goes on. A wrong current password counts as a failed login, so after ten of them this is a
         *     429 for a while.
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
                 * @description The user that this is about.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        /**
         * Read an account
         * @description Everybody gets the public account. You yourself (with the scope `account:read`) and staff (with `users:read`) get the full one; a
         *     token that lacks the scope gets the public one and no refusal. Deleted accounts are a 404.
         */
        get: operations["getUser"];
        /**
         * Change a profile
         * @description Your own, or as an admin anybody's. It replaces the profile: an age or bio that is left out is cleared. Password, role and
         *     addresses have operations of their own.
         *
         *     An email that differs from the stored one needs a login with the password less than an hour ago, from admins too; a refreshed token
         *     does not make it younger. The old address gets a mail about it.
         */
        put: operations["updateUser"];
        post?: never;
        /**
         * Delete an account
         * @description For good. Name, address, password and sessions are erased and the items are archived; orders stay, without the person. The e-mail
         *     address can be registered again.
         *
         *     Deleting yourself needs a login with the password less than an hour ago; a refreshed token does not make it younger. Orders that
         *     are not finished, bought or sold, come first.
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
                 * @description The user that this is about.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Set a role, lock or unlock an account
         * @description For admins, who can do it to themselves, too, unless nobody would be left to undo it. It holds from the next request of that user:
         *     scopes that the new role lacks are gone from tokens already issued, and a locked account has no valid token.
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
         * @description To your own account, which holds at most twenty. There is no list to read; getCurrentUser has them all.
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
                 * @description One of your own addresses; those of other users do not exist for you.
                 * @example 5
                 */
                address_id: components["parameters"]["AddressId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Change an address
         * @description It replaces the address; what is left out gets its default. Orders that were placed keep the old one.
         */
        put: operations["updateAddress"];
        post?: never;
        /**
         * Remove an address
         * @description Orders that were placed keep it. If it was the default, there is none afterwards.
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
         * Log in, or stay logged in
         * @description A form, not JSON, so that every OAuth 2 client and the login button of the documentation understand it. The user name is the
         *     e-mail address.
         *
         *     An unknown address and a wrong password get the same answer, in the same time. After ten failures within five minutes, for one
         *     account or from one network address, even the right password is a 429 until the time in `Retry-After` is over; open sessions go
         *     on.
         *
         *     A refresh token is used up by its use, even if the answer is lost on the way: then log in again. One that comes a second time was
         *     stolen or sent twice; either way the session ends.
         */
        post: operations["issueToken"];
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
         * @description Ends whatever the request was made with: the whole session with its refresh token, or the API key. From then on the token is a
         *     401, in other server processes within a second.
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
                 * @description One of your own sessions or API keys. `session_id` of a token answer is such an id.
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
         * @description For the phone that was lost. Ends one of your own sessions or API keys, this one too if you name it. What has already ended is a
         *     404.
         */
        delete: operations["revokeCredential"];
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
         * @description The catalogue, for everybody. Filters are intersections: an item has to pass all that are sent.
         *
         *     Without `status` only active items are listed. Drafts and archived items are shown to their owner (`owner_id` is your own id) and to
         *     staff; anybody else who asks for them gets `not-permitted`.
         *
         *     Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and the same `sort`. `skip`
         *     is for numbered pages and ends at 10000.
         *
         *     `total` is counted up to 10001, which means "more than 10000". Changes by others may show in it up to 5 seconds late; the items of
         *     the page are always current.
         */
        get: operations["listItems"];
        put?: never;
        /**
         * Offer an item
         * @description Puts something on sale at once, or keeps it for later as a draft. Whoever creates an item owns it and sells it.
         *
         *     All prices of a marketplace have one currency (`currency` of getPublicData).
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
                 * @description The item that this is about. Orders call the same number `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        /**
         * Get an item
         * @description Everybody sees active items. Drafts are there for their owner and for staff only; to anybody else they are `item-not-found`, exactly
         *     like an id that never was. So is an archived item, to everyone.
         *
         *     A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` is not refused because somebody bought.
         */
        get: operations["getItem"];
        put?: never;
        post?: never;
        /**
         * Remove an item from sale
         * @description Archives the item for good: nobody can order or open it any more, its owner still lists it with `status=archived`, and its `sku` is
         *     free again. Orders that exist go on as they were. To hide an item for a while, set its status to `draft`.
         */
        delete: operations["deleteItem"];
        options?: never;
        head?: never;
        /**
         * Change an item
         * @description Changes what is sent and leaves the rest. Orders that exist keep the title and the price that they were placed with.
         *
         *     Send the `version` that you read as `If-Match: "<version>"`, and somebody else's edit in between is answered with
         *     `precondition-failed` instead of being lost. Without the header the change goes through.
         *
         *     Nothing of a locked account can be on sale, so an admin cannot make its items `active` either (`owner_locked`).
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
                 * @description The item that this is about. Orders call the same number `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        /**
         * List the stock movements of an item
         * @description The ledger of an item, newest first: why its stock is what it is. Sales and cancellations stand there beside what was recorded by
         *     hand, each with its order.
         */
        get: operations["listStockMovements"];
        put?: never;
        /**
         * Record a stock movement
         * @description The only way to change stock by hand: what came adds, what went subtracts. Stock cannot fall below what pending orders have reserved
         *     (`insufficient-stock`) nor rise above 1000000000 (`limit-reached`).
         *
         *     When you enter a count, send the stock that you started from as `expected_on_hand`: if a sale came in between, you get
         *     `stock-changed` with the present number, and can count again.
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
         * @description Takes the body of createOrder and answers what that order would cost now, computed by the same code. It changes and reserves nothing,
         *     so send it as often as the basket changes.
         *
         *     Everything that would make the order fail and that the shopper can do something about (short stock, an unusable code, items of
         *     several sellers) comes as an entry of `obstacles`, all at once, with the lines still priced. Only an item that cannot be bought at all
         *     (unknown, draft, archived) is refused: `item-unavailable`.
         *
         *     No login is needed. With a token the rules that depend on the buyer count, too: uses of a code per user, own items, open orders,
         *     stored addresses.
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
         * @description What you bought; with `role=seller` what you sold. `role=all` lists the orders of everybody and is for staff (`staff-required`).
         *
         *     Summaries only: lines, payments and history are in getOrder. `total` is counted up to 10001, which means "more than 10000", and may
         *     miss changes by others for up to 5 seconds.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description Reserves every unit and redeems the code, or does nothing at all. The new order is `pending` and holds its stock until it is paid,
         *     cancelled, or `expires_at` has passed.
         *
         *     `Idempotency-Key` is required: make one per purchase and send the same one again when an answer got lost. Two requests with one key
         *     make one order and get the same answer.
         *
         *     Put the `total` of a quote into `expected_total`, and a price that changed in the meantime is `price-changed` instead of a surprise.
         *     At most 20 of your orders can be pending at a time (`limit-reached`).
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
                 * @description The order that this is about.
                 * @example 12
                 */
                order_id: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        /**
         * Get an order
         * @description For its buyer, its seller and staff. To anybody else it is `order-not-found`, exactly like an id that never was.
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
                 * @description The order that this is about.
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
         * @description While it is pending, buyer, seller and admin can cancel: reserved units are free again and the code counts as unused. A paid order is
         *     cancelled by its seller or an admin; its units go back into stock and what was paid is refunded. The buyer of a paid order gets
         *     `not-permitted` where refunds are made by hand.
         *
         *     A shipped, delivered, expired or cancelled order stays as it is (`order-state-conflict`).
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
         * Say hello
         * @description Answers without a database, so it tells whether the address is right, not whether the server is well.
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
         * Ask how the server is doing
         * @description For load balancers and probes: 200 means send requests, 503 `not-ready` means send them elsewhere, also while the server is about
         *     to stop. Never limited, and any query such as `?probe=1` is ignored.
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
         * @description Currency, tax, order limits and categories, for everybody and the same for everybody. Shared caches may keep it for five minutes,
         *     so a count can be that old.
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
             * @description What others see; one line, not blank. It need not be unique.
             * @example Alice Johnson
             */
            name: string;
            /** @description Your login. Nobody but you and staff sees it; no two accounts share one. */
            email: components["schemas"]["Email"];
            /**
             * Format: password
             * @description Sent by the client, never returned. Any characters; neither one of the most common ones nor your name or e-mail
             *     (`password_too_common`).
             * @example correct horse battery
             */
            password: string;
            /**
             * @description User age.
             * @example 34
             */
            age?: number | null;
            /**
             * @description A few words about yourself, for everybody to read.
             * @example Collects lamps.
             */
            bio?: string | null;
            /**
             * @description Where you live. More can be added later.
             * @default []
             */
            addresses?: components["schemas"]["AddressCreate"][];
        };
        /**
         * Format: email
         * @description An e-mail address. Upper and lower case are kept and mean the same mailbox.
         * @example alice@example.com
         */
        Email: string;
        /** @description An address as its owner writes it. */
        AddressCreate: {
            /**
             * @description What you call it.
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
             * @description Whether orders without an address go here. At most one address is the default: a new one takes over from the old one, and of
             *     several in one request the last one wins.
             * @default false
             * @example true
             */
            is_default?: boolean;
        };
        /** @description An account in full, as its owner and staff see it. */
        User: {
            /**
             * @description Tells the full account from the public one. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            view: "full";
            /** @description Names the account. */
            id: components["schemas"]["Id"];
            /**
             * @description What others see.
             * @example Alice Johnson
             */
            name: string;
            /** @description The login. */
            email: components["schemas"]["Email"];
            /**
             * @description User age; null when it was not told.
             * @example 34
             */
            age: number | null;
            /**
             * @description A few words about themselves. Plain text; escape it before you put it into HTML.
             * @example Collects lamps.
             */
            bio: string | null;
            role: components["schemas"]["Role"];
            /**
             * @description False when staff have locked the account.
             * @example true
             */
            is_active: boolean;
            /**
             * @description Whether the address is known to be theirs. Always false for now.
             * @example false
             */
            email_verified: boolean;
            /** @description Where they live, oldest first. */
            addresses: components["schemas"]["Address"][];
            /** @description When the account was made. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When anything shown here last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Grows with each change of anything shown here, addresses included. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description A positive number that a browser can hold exactly.
         * @example 7
         */
        Id: number;
        /**
         * @description `user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does everything.
         * @enum {string}
         */
        Role: "user" | "support" | "admin";
        /** @description One of the addresses of an account. Orders keep a copy, so changing it later moves no parcel. */
        Address: {
            /** @description Names the address. */
            id: components["schemas"]["Id"];
            /**
             * @description What its owner calls it.
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
            /** @description When it was added. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Grows with each change of this address. */
            version: components["schemas"]["Version"];
        };
        /**
         * Format: date-time
         * @description RFC 3339 in UTC, with `Z`. The fraction has up to six digits and is missing when it is zero.
         * @example 2026-11-22T09:00:00Z
         */
        Timestamp: string;
        /**
         * @description Grows with every change of the resource. `"<version>"` is a valid `If-Match`.
         * @example 4
         */
        Version: number;
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        UserSort: "id" | "-created_at";
        /** @description One page of accounts. */
        UserPage: {
            /** @description In the order that `sort` asked for. */
            items: components["schemas"]["User"][];
            /**
             * @description How many were skipped; `null` when the page was asked for by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description How many were asked for. There may be fewer.
             * @example 20
             */
            limit: number;
            /**
             * @description How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`.
             * @example 3
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last one.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description The old password as a proof, and the new one. */
        ChangePassword: {
            /**
             * Format: password
             * @description The password that you log in with now.
             * @example correct horse battery
             */
            current_password: string;
            /**
             * Format: password
             * @description The rules are those of createUser.
             * @example staple that new battery
             */
            new_password: string;
        };
        /** @description An account, in full for its owner and staff, public for everybody else. `view` tells which. */
        UserView: components["schemas"]["User"] | components["schemas"]["UserPublic"];
        /** @description What everybody may know of an account. */
        UserPublic: {
            /**
             * @description Tells the public account from the full one. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            view: "public";
            /** @description Names the account. */
            id: components["schemas"]["Id"];
            /**
             * @description What they want to be called.
             * @example Alice Johnson
             */
            name: string;
            /**
             * @description A few words about themselves. Plain text; escape it before you put it into HTML.
             * @example Collects lamps.
             */
            bio: string | null;
            /**
             * @description False when staff have locked the account.
             * @example true
             */
            is_active: boolean;
            /** @description Since when they are here. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Grows with each change of the account, also of what is not shown here. */
            version: components["schemas"]["Version"];
        };
        /** @description The whole profile as it shall be. What is left out is cleared, as if it were null. */
        UserUpdate: {
            /**
             * @description What others see; one line, not blank.
             * @example Alice Johnson
             */
            name: string;
            /** @description The login from now on. Sessions stay open. Another one than before needs a fresh login. */
            email: components["schemas"]["Email"];
            /**
             * @description User age.
             * @example 35
             */
            age?: number | null;
            /**
             * @description A few words about yourself, for everybody to read.
             * @example Collects lamps and sells a few.
             */
            bio?: string | null;
        };
        /** @description What an account may do. */
        UserAccess: {
            role: components["schemas"]["Role"];
            /**
             * @description False locks the account and takes its items off the market.
             * @example true
             */
            is_active: boolean;
        };
        /**
         * @description A login as OAuth 2 wants it, a form: `username` and `password`, or, with `grant_type` `refresh_token`, a `refresh_token`. The fields
         *     of the other way are not read. As RFC 6749 (section 3.2) has it, parameters that are not listed here are ignored, and one without a
         *     value counts as left out.
         */
        TokenRequest: {
            /** @default password */
            grant_type?: components["schemas"]["GrantType"];
            /**
             * @description The e-mail address; upper and lower case count the same.
             * @example alice@example.com
             */
            username?: string;
            /**
             * Format: password
             * @description The password, exactly as it was chosen.
             * @example correct horse battery
             */
            password?: string;
            /**
             * @description From the last token answer. It is good for one use; used twice, it ends the session.
             * @example syr_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            refresh_token?: string;
            /**
             * @description Scopes, separated by spaces. Left out or empty asks for all that your role has; what it lacks is left out of the token without a
             *     word. A refresh can only ask for fewer than its session has.
             * @default
             * @example orders:read orders:write
             */
            scope?: string;
            /**
             * @description Accepted because Swagger UI sends it; not read.
             * @example swagger-ui
             */
            client_id?: string;
            /**
             * @description Accepted because Swagger UI sends it; not read.
             * @example
             */
            client_secret?: string;
        };
        /**
         * @description `password`: log in with e-mail and password. `refresh_token`: stay logged in without asking for them again.
         * @enum {string}
         */
        GrantType: "password" | "refresh_token";
        /** @description A new access token, and the means to get the next one. Keep both like the password itself. */
        Token: {
            /**
             * @description Send it as `Authorization: Bearer <access_token>`. Do not look into it; its form may change.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIzIn0.c2lnbmF0dXJl
             */
            access_token: string;
            /**
             * @description How to send it.
             * @constant
             */
            token_type: "bearer";
            /**
             * @description Seconds until the access token expires. Renew it shortly before.
             * @example 1800
             */
            expires_in: number;
            /**
             * @description Good for one further token within 30 days. Store it before you use the access token, it replaces the one before.
             * @example syr_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE
             */
            refresh_token: string;
            /**
             * @description The scopes that were granted, separated by spaces; empty when the role has none of those asked for.
             * @example account:read account:write orders:read orders:write
             */
            scope: string;
            /** @description The session; the same after each refresh. revokeCredential ends it from another device. */
            session_id: components["schemas"]["Id"];
        };
        /** @description A new item. Only `title` and `price` are needed; what is left out has the default that is shown. */
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
             * @description One shelf of the shop, of your choosing. Lower case words joined by hyphens.
             * @example lighting
             */
            category?: string;
            /**
             * @description Words to be found by, besides title and description.
             * @default []
             * @example [
             *       "desk-lamp",
             *       "brass"
             *     ]
             */
            tags?: components["schemas"]["Tag"][];
            /**
             * @description Pictures, the best one first.
             * @default []
             * @example [
             *       "https://img.example/lamp.jpg"
             *     ]
             */
            image_urls?: components["schemas"]["ImageUrl"][];
            /** @default active */
            status?: components["schemas"]["ItemStatusInput"];
            /**
             * @description Units in stock at the start. They become a stock movement with the reason `received`.
             * @default 0
             * @example 20
             */
            on_hand?: number;
        };
        /** @description What one piece costs; Money within the bounds of a price. */
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
         * @description Lower case words joined by hyphens.
         * @example desk-lamp
         */
        Tag: string;
        /**
         * @description An https address of a picture. Steelyard stores the address, not the picture.
         * @example https://img.example/lamp.jpg
         */
        ImageUrl: string;
        /**
         * @description What an owner may set. An item is archived by deleting it.
         * @enum {string}
         */
        ItemStatusInput: "draft" | "active";
        /**
         * @description Something that its owner sells. Everybody reads `available`; `on_hand` and `reserved` are numbers for the owner and for staff and `null`
         *     for everyone else.
         */
        Item: {
            /** @description Names the item; an order calls it `product_id`. */
            id: components["schemas"]["Id"];
            /** @description The user who sells it. */
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
             * @description Free text, `""` if there is none. Plain text; escape it before you put it into HTML.
             * @example Solid brass
             * @example 40 cm high.
             */
            description: string;
            /**
             * @description The shelf that it stands on.
             * @example lighting
             */
            category: string | null;
            /**
             * @description Words to be found by.
             * @example [
             *       "desk-lamp",
             *       "brass"
             *     ]
             */
            tags: components["schemas"]["Tag"][];
            /**
             * @description Pictures, the best one first.
             * @example [
             *       "https://img.example/lamp.jpg"
             *     ]
             */
            image_urls: components["schemas"]["ImageUrl"][];
            /** @description What one unit costs, without tax. */
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
             * @description Units in stock that pending orders hold. `null` unless you own the item or are staff.
             * @example 3
             */
            reserved: number | null;
            /** @description When it was first offered. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When the item was last edited; sales and stock movements do not count. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Grows with each edit, not with sales. Send it as `If-Match` to refuse lost updates. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description `draft`: seen by its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still name it.
         * @enum {string}
         */
        ItemStatus: "draft" | "active" | "archived";
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        ItemSort: "-created_at" | "created_at" | "price" | "-price" | "title" | "-title";
        /** @description One page of items, and what it was asked for with. */
        ItemPage: {
            /** @description In the order that `sort` asked for. */
            items: components["schemas"]["Item"][];
            /**
             * @description How many were skipped; `null` when the page was asked for by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description How many were asked for. There may be fewer.
             * @example 20
             */
            limit: number;
            /**
             * @description How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last one.
             * @example null
             */
            next_cursor: string | null;
            /**
             * @description The search text that was sent.
             * @example brass lamp
             */
            search: string | null;
        };
        /**
         * @description A JSON merge patch (RFC 7396): what is left out stays, `null` clears `sku` or `category`, arrays are replaced as a whole.
         *     Stock is not changed here but by recordStockMovement.
         */
        ItemPatch: {
            /**
             * @description One line, not blank.
             * @example Brass desk lamp
             */
            title?: string;
            /** @description The new price. Orders that exist keep the old one. */
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
             * @description One shelf of the shop, of your choosing. Lower case words joined by hyphens.
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
             * @description Replaces all pictures.
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
             * @description Units that came (positive) or went (negative); not 0.
             * @example 12
             */
            delta: number;
            reason: components["schemas"]["RecordableReason"];
            /**
             * @description Anything that you want to remember about it.
             * @example Delivery note 4711
             */
            note?: string;
            /**
             * @description The stock that you believe to be there. If it is another, nothing happens (`stock-changed`).
             * @example 20
             */
            expected_on_hand?: number;
        };
        /**
         * @description Why stock changed, as far as a person can say it. What orders do to stock records itself.
         * @enum {string}
         */
        RecordableReason: "received" | "correction" | "damage" | "customer_return";
        /** @description One line of the ledger of an item. Lines are added, never changed; the sum of all `delta` is the stock on hand. */
        StockMovement: {
            /** @description Names the movement. */
            id: components["schemas"]["Id"];
            /** @description The item whose stock moved. */
            item_id: components["schemas"]["Id"];
            /**
             * @description Units that came (positive) or went (negative).
             * @example 12
             */
            delta: number;
            reason: components["schemas"]["StockMovementReason"];
            /** @description The order that moved it; `null` for a movement that somebody recorded. */
            order_id: components["schemas"]["Id"] | null;
            /**
             * @description What was noted with it.
             * @example Delivery note 4711
             */
            note: string | null;
            /**
             * @description Stock on hand right after this movement.
             * @example 32
             */
            on_hand_after: number;
            /** @description The user who caused it; `null` for Steelyard itself. */
            actor_id: components["schemas"]["Id"] | null;
            /** @description When it was recorded. */
            created_at: components["schemas"]["Timestamp"];
        };
        /**
         * @description `received`, `correction`, `damage` and `customer_return` are recorded by the owner; `sale`, `cancellation` and `refund` are written by
         *     Steelyard when an order moves stock.
         * @enum {string}
         */
        StockMovementReason: "received" | "correction" | "damage" | "customer_return" | "sale" | "cancellation" | "refund";
        /** @description One page of an item's ledger, newest first. */
        StockMovementPage: {
            /** @description Newest first. */
            items: components["schemas"]["StockMovement"][];
            /**
             * @description How many were skipped; `null` when the page was asked for by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description How many were asked for. There may be fewer.
             * @example 20
             */
            limit: number;
            /**
             * @description How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last one.
             * @example null
             */
            next_cursor: string | null;
        };
        /**
         * @description What to buy: one item (`product_id` and `quantity`) or a basket (`lines`). All items of an order belong to one seller.
         *     quoteOrder takes the same body and buys nothing.
         */
        OrderCreate: components["schemas"]["SingleItemOrder"] | components["schemas"]["BasketOrder"];
        /**
         * @description An order of one item. Send at most one of `shipping_address_id` and `shipping_address` (`two_addresses`); with neither, it goes to
         *     your default address, and if you have none, it has no address.
         */
        SingleItemOrder: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description Units of it. More than 100 need a discount code.
             * @example 2
             */
            quantity: number;
            /**
             * @description Upper and lower case count the same behind `PROMO-`. `null` or left out means none; `""` is refused.
             * @example PROMO-WELCOME
             */
            discount_code?: string | null;
            /** @description One of your stored addresses. */
            shipping_address_id?: components["schemas"]["Id"];
            shipping_address?: components["schemas"]["ShippingAddressCreate"];
            /** @description What you expect to pay, from a quote. If it would be another amount, nothing is bought (`price-changed`). */
            expected_total?: components["schemas"]["Money"];
        };
        /** @description Where to send this one order. It is not added to your stored addresses. */
        ShippingAddressCreate: {
            /**
             * @description Who receives it.
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
        /** @description A sum as the whole number of minor units, so `1999` `USD` are 19.99 dollars. Never a fraction. */
        Money: {
            /**
             * @description Minor units.
             * @example 1999
             */
            amount: number;
            currency: components["schemas"]["Currency"];
        };
        /**
         * @description An order of several items of one seller. Each item has one line (`duplicate_product`); more than 100 units in all need a discount code
         *     (`bulk_discount_required`). Send at most one of `shipping_address_id` and `shipping_address` (`two_addresses`); with neither, it goes
         *     to your default address, and if you have none, it has no address.
         */
        BasketOrder: {
            /** @description What and how many, each item once. */
            lines: components["schemas"]["BasketLine"][];
            /**
             * @description Upper and lower case count the same behind `PROMO-`. `null` or left out means none; `""` is refused.
             * @example PROMO-WELCOME
             */
            discount_code?: string | null;
            /** @description One of your stored addresses. */
            shipping_address_id?: components["schemas"]["Id"];
            shipping_address?: components["schemas"]["ShippingAddressCreate"];
            /** @description What you expect to pay, from a quote. If it would be another amount, nothing is bought (`price-changed`). */
            expected_total?: components["schemas"]["Money"];
        };
        /** @description One item of a basket. */
        BasketLine: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description Units of it.
             * @example 2
             */
            quantity: number;
        };
        /**
         * @description What an order would cost if it were placed now. Nothing is reserved: between quote and order somebody else may buy the last unit.
         *     `orderable` is true exactly when `obstacles` is empty.
         */
        Quote: {
            /** @description As they were asked for, priced. */
            lines: components["schemas"]["QuoteLine"][];
            /** @description Price times quantity, over all lines. */
            subtotal: components["schemas"]["Money"];
            /** @description What the code takes off; 0 if it cannot be used. */
            discount: components["schemas"]["Money"];
            /** @description Tax on what is left. */
            tax: components["schemas"]["Money"];
            /** @description `subtotal` less `discount` plus `tax`: what would have to be paid. Send it as `expected_total` of the order. */
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
            /** @description Everything that stands in the way. */
            obstacles: components["schemas"]["Obstacle"][];
        };
        /** @description One item of a quote, priced. */
        QuoteLine: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The seller's article number.
             * @example LAMP-01
             */
            sku: string | null;
            /**
             * @description What is bought.
             * @example Brass desk lamp
             */
            title: string;
            /** @description Price of one unit. */
            unit_price: components["schemas"]["Price"];
            /**
             * @description Units asked for.
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
        /** @description One reason why this order would be refused now. */
        Obstacle: {
            type: components["schemas"]["ObstacleType"];
            /**
             * @description The reason as a sentence, the `detail` of that problem.
             * @example There is not enough in stock
             */
            detail: string;
            /** @description The item that it is about; `null` if it is about the whole order. */
            product_id: components["schemas"]["Id"] | null;
        };
        /**
         * @description The problem that createOrder would answer with, without `/problems/`.
         * @enum {string}
         */
        ObstacleType: "insufficient-stock" | "price-changed" | "limit-reached" | "promotion-not-applicable" | "mixed-sellers" | "own-item" | "currency-mismatch";
        /**
         * @description A purchase. Titles, prices, tax and address are those of the moment when it was placed; later edits of the items do not change it.
         *     Buyer, seller and staff see the same.
         */
        Order: {
            /** @description Names the order. */
            id: components["schemas"]["Id"];
            /** @description The user who bought. */
            buyer_id: components["schemas"]["Id"];
            /** @description The user who sells every item of it. */
            seller_id: components["schemas"]["Id"];
            status: components["schemas"]["OrderStatus"];
            payment_status: components["schemas"]["PaymentStatus"];
            /** @description What was bought, in the order of the request. */
            lines: components["schemas"]["OrderLine"][];
            /** @description Price times quantity, over all lines. */
            subtotal: components["schemas"]["Money"];
            /** @description What the code took off. */
            discount: components["schemas"]["Money"];
            /** @description Tax on what is left. */
            tax: components["schemas"]["Money"];
            /** @description `subtotal` less `discount` plus `tax`: what has to be paid. */
            total: components["schemas"]["Money"];
            /** @description What was paid back so far. */
            refunded: components["schemas"]["Money"];
            /**
             * @description The code that was redeemed, in upper case.
             * @example PROMO-WELCOME
             */
            discount_code: string | null;
            /** @description `null` if there was none, or since the buyer's account was deleted. */
            shipping_address: components["schemas"]["ShippingAddress"] | null;
            /** @description Attempts to pay, oldest first. */
            payments: components["schemas"]["Payment"][];
            /** @description Money given back, oldest first. */
            refunds: components["schemas"]["Refund"][];
            /** @description How it travels; `null` until it is shipped. */
            shipment: components["schemas"]["Shipment"] | null;
            /** @description The states that it went through, oldest first; the last one is `status`. */
            history: components["schemas"]["OrderTransition"][];
            /** @description Until when a pending order can be paid; `null` in every other state. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description When it was placed. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Grows with each change. */
            version: components["schemas"]["Version"];
        };
        /**
         * @description `pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`:
         *     called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final.
         * @enum {string}
         */
        OrderStatus: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired";
        /**
         * @description How much of an order is paid for. It counts units; `refunded` means every one of them.
         * @enum {string}
         */
        PaymentStatus: "unpaid" | "paid" | "partially_refunded" | "refunded";
        /** @description One item of an order. */
        OrderLine: {
            /** @description Names the line; a refund calls it `line_id`. */
            id: components["schemas"]["Id"];
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description The seller's article number.
             * @example LAMP-01
             */
            sku: string | null;
            /**
             * @description What was bought.
             * @example Brass desk lamp
             */
            title: string;
            /** @description Price of one unit. */
            unit_price: components["schemas"]["Price"];
            /**
             * @description Units bought.
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
             * @description Units that were refunded.
             * @example 0
             */
            refunded_quantity: number;
            /** @description What was paid back for this line. */
            refunded: components["schemas"]["Money"];
        };
        /** @description Where an order goes, as it was when the order was placed. */
        ShippingAddress: {
            /**
             * @description Who receives it.
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
        /** @description One attempt to pay an order. */
        Payment: {
            /** @description Names the attempt. */
            id: components["schemas"]["Id"];
            provider: components["schemas"]["PaymentProvider"];
            status: components["schemas"]["PaymentAttemptStatus"];
            /** @description What was to be paid. */
            amount: components["schemas"]["Money"];
            /**
             * @description What the provider, or the seller, calls it.
             * @example Bank transfer 2026-11-22
             */
            reference: string | null;
            /** @description `null` unless it was declined. */
            decline_reason: components["schemas"]["DeclineReason"] | null;
            /** @description When it was started. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When its outcome was known; `null` while it is started. */
            settled_at: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description `manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out.
         * @enum {string}
         */
        PaymentProvider: "manual" | "sandbox";
        /**
         * @description `started`: the provider has not answered yet. `succeeded`, `declined`: its answer. `failed`: it never saw the attempt.
         * @enum {string}
         */
        PaymentAttemptStatus: "started" | "succeeded" | "declined" | "failed";
        /**
         * @description Why the provider said no.
         * @enum {string}
         */
        DeclineReason: "declined" | "insufficient_funds" | "expired" | "suspected_fraud";
        /** @description Money given back for some units of an order. */
        Refund: {
            /** @description Names the refund. */
            id: components["schemas"]["Id"];
            /** @description The order that was paid. */
            order_id: components["schemas"]["Id"];
            status: components["schemas"]["RefundStatus"];
            /** @description What is refunded. */
            lines: components["schemas"]["RefundLine"][];
            /** @description What is given back in all. */
            amount: components["schemas"]["Money"];
            /**
             * @description Whether the units go back into stock.
             * @example true
             */
            restock: boolean;
            /**
             * @description Why.
             * @example Arrived broken
             */
            reason: string;
            /**
             * @description What the provider, or the seller, calls it.
             * @example Bank transfer 2026-11-29
             */
            reference: string | null;
            /** @description When it was started. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When its outcome was known; `null` while it is started. */
            settled_at: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description `started`: the provider has not answered yet. A `failed` refund gave nothing back.
         * @enum {string}
         */
        RefundStatus: "started" | "succeeded" | "failed";
        /** @description Units of one line of an order, refunded. */
        RefundLine: {
            /** @description The `id` of the order line. */
            line_id: components["schemas"]["Id"];
            /**
             * @description Units of it.
             * @example 1
             */
            quantity: number;
            /** @description What is given back for them. */
            amount: components["schemas"]["Money"];
        };
        /** @description Who carries an order. */
        Shipment: {
            /**
             * @description The carrier's name.
             * @example Parcel Post
             */
            carrier: string;
            /**
             * @description How the carrier finds it.
             * @example 00340434161094042557
             */
            tracking_number: string | null;
        };
        /** @description One step in the life of an order. */
        OrderTransition: {
            status: components["schemas"]["OrderStatus"];
            /** @description Since when. */
            at: components["schemas"]["Timestamp"];
            /** @description The user who did it; `null` for Steelyard itself. */
            actor_id: components["schemas"]["Id"] | null;
        };
        /**
         * @description `buyer`: what you bought. `seller`: what you sold. `all`: every order of the marketplace, for staff.
         * @enum {string}
         */
        OrderRole: "buyer" | "seller" | "all";
        /**
         * @description `-` means descending; the id breaks ties.
         * @enum {string}
         */
        OrderSort: "-created_at" | "created_at";
        /** @description One page of orders. */
        OrderSummaryPage: {
            /** @description In the order that `sort` asked for. */
            items: components["schemas"]["OrderSummary"][];
            /**
             * @description How many were skipped; `null` when the page was asked for by `cursor`.
             * @example 0
             */
            skip: number | null;
            /**
             * @description How many were asked for. There may be fewer.
             * @example 20
             */
            limit: number;
            /**
             * @description How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`.
             * @example 1
             */
            total: number | null;
            /**
             * @description Send it as `cursor` for the next page; `null` on the last one.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description An order as lists show it. getOrder has the rest. */
        OrderSummary: {
            /** @description Names the order. */
            id: components["schemas"]["Id"];
            /** @description The user who bought. */
            buyer_id: components["schemas"]["Id"];
            /** @description The user who sells every item of it. */
            seller_id: components["schemas"]["Id"];
            status: components["schemas"]["OrderStatus"];
            payment_status: components["schemas"]["PaymentStatus"];
            /** @description What has to be paid. */
            total: components["schemas"]["Money"];
            /**
             * @description Units over all lines.
             * @example 2
             */
            units: number;
            /** @description When it was placed. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When it last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description Grows with each change. */
            version: components["schemas"]["Version"];
        };
        /** @description Why an order is called off. */
        CancelOrder: {
            /**
             * @description One line, for buyer and seller to read.
             * @example Ordered by mistake
             */
            reason: string;
            /**
             * @description Where money was paid back outside of Steelyard, what the seller calls that payment.
             * @example Bank transfer 2026-11-29
             */
            reference?: string;
        };
        /** @description A greeting, and where to go from here. */
        Root: {
            /**
             * @description What this project is about.
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
             * @description The contract to try out (Swagger UI); null where the pages are switched off.
             * @example /docs
             */
            docs: string | null;
            /**
             * Format: uri-reference
             * @description The contract to read; null where the pages are switched off.
             * @example /redoc
             */
            redoc: string | null;
            /**
             * Format: uri-reference
             * @description The contract for machines.
             * @example /openapi.json
             */
            openapi: string;
            /**
             * Format: uri-reference
             * @description How the server is doing.
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
             * @description Where to log in.
             * @example /token
             */
            token: string;
        };
        /** @description The state of a server that serves. One that does not is a 503 `not-ready`. */
        Health: {
            status: components["schemas"]["HealthStatus"];
            version: components["schemas"]["ContractVersion"];
            components: components["schemas"]["HealthComponents"];
        };
        /**
         * @description `degraded`: it serves, but something needs looking at.
         * @enum {string}
         */
        HealthStatus: "ok" | "degraded";
        /** @description What the server needs, part by part. */
        HealthComponents: {
            /** @description Where everything is stored. */
            database: components["schemas"]["ComponentHealth"];
            /** @description The work that is done after an answer, such as mails; degraded when it lags behind or some of it was given up. */
            jobs: components["schemas"]["ComponentHealth"];
            /** @description The store of rate limits that several servers share; null where there is none. */
            cache: components["schemas"]["ComponentHealth"] | null;
        };
        /** @description One part and its state. */
        ComponentHealth: {
            status: components["schemas"]["ComponentStatus"];
            /**
             * @description How long it took to answer, in milliseconds; null when it did not, or was not asked.
             * @example 2
             */
            latency_ms: number | null;
        };
        /**
         * @description The state of one part.
         * @enum {string}
         */
        ComponentStatus: "ok" | "degraded" | "down";
        /** @description The rules of this marketplace, so that no front end has to hard-code them. */
        PublicData: {
            /** @description The one currency of every price and order. */
            currency: components["schemas"]["Currency"];
            /**
             * @description Tax on top of prices, in hundredths of a percent; 1900 are 19 %.
             * @example 0
             */
            tax_rate_bps: number;
            order_limits: components["schemas"]["OrderLimits"];
            /**
             * @description How long an order that is not paid keeps its stock.
             * @example 604800
             */
            reservation_seconds: number;
            payment_provider: components["schemas"]["PaymentProvider"];
            /** @description Categories that have items on sale, the fullest first; at most a hundred. */
            categories: components["schemas"]["CategoryCount"][];
        };
        /** @description How much one order may hold. */
        OrderLimits: {
            /**
             * @description The most lines of an order.
             * @example 50
             */
            lines: number;
            /**
             * @description The most units of a line.
             * @example 1000
             */
            quantity: number;
            /**
             * @description Orders of more units than this need a discount code.
             * @example 100
             */
            bulk_threshold: number;
        };
        /** @description A category and what is in it. */
        CategoryCount: {
            /**
             * @description The category, as `category` of listItems takes it.
             * @example lighting
             */
            slug: string;
            /**
             * @description How many items are on sale in it.
             * @example 12
             */
            items: number;
        };
        /**
         * @description Something that a credential may do. A `write` scope includes the `read` scope of the same name; `sales:write` includes
         *     `orders:read`.
         * @enum {string}
         */
        Scope: "account:read" | "account:write" | "items:write" | "orders:read" | "orders:write" | "sales:write" | "events:read" | "webhooks:manage" | "users:read" | "users:write" | "promotions:manage";
        /**
         * @description What somebody is to a resource, or in the marketplace.
         * @enum {string}
         */
        Relation: "self" | "owner" | "buyer" | "seller" | "support" | "admin";
        /**
         * @description A method of HTTP.
         * @enum {string}
         */
        HttpMethod: "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
        /**
         * @description A media type.
         * @example application/json
         */
        MediaType: string;
        /** @description An item of which there is less than was asked for. */
        Shortage: {
            /** @description The `id` of the item. */
            product_id: components["schemas"]["Id"];
            /**
             * @description Units asked for.
             * @example 3
             */
            requested: number;
            /**
             * @description Units that were there. By the time you read this there may be more, or fewer.
             * @example 1
             */
            available: number;
        };
        /** @description One thing that is wrong with a request. */
        Violation: {
            /**
             * @description The kind of fault, for programs. Those of the shape are named as Pydantic names them (`missing`, `extra_forbidden`, `string_too_long`, `greater_than_equal` ...). Rules that a shape cannot say add `json_invalid`, `bulk_discount_required`, `duplicate_product`, `unknown_address`, `two_addresses`, `zero_delta`, `owner_locked` and `password_too_common`.
             * @example string_too_short
             */
            type: string;
            /**
             * @description Where: `body`, `path`, `query` or `header`, then names and indexes.
             * @example [
             *       "body",
             *       "addresses",
             *       0,
             *       "zip_code"
             *     ]
             */
            loc: components["schemas"]["Step"][];
            /**
             * @description The fault, for people. Never repeats what was sent.
             * @example String should have at least 8 characters
             */
            msg: string;
            /**
             * @description JSON pointer into the body; null when the fault lies elsewhere or in the body as a whole.
             * @example /addresses/0/zip_code
             */
            pointer: string | null;
        };
        /**
         * @description A name, or an index that counts from 0.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The same in the words of OAuth 2.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The same in the words of OAuth 2.
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
            detail: "The refresh token was used before, so its session has been ended";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The same in the words of OAuth 2.
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
            detail: "The credential lacks the scope that this needs";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Any one of these would do. */
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "You may see this, but not do that with it";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Who may. */
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
            detail: "This needs a login; an API key may not do it";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description Seconds that a login stays fresh.
             * @example 3600
             */
            max_age: number;
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "There is nothing at this address";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "This address does not have that method";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The methods it has; the same as in the header `Allow`. */
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
            detail: "The Accept header leaves out every media type that there is";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The media types that there are. */
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
            detail: "The body is larger than this operation takes";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The most it takes, in bytes.
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
            detail: "The body needs another Content-Type";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The media types that this operation takes. */
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Everything that is short, not only the first. */
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
            detail: "An item is unknown, not for sale yet or no longer for sale";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "The stock is not what the request expected";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The stock as it is now.
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
            detail: "The order would not cost what the request expected";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description What it would cost now. */
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
            detail: "The order is in a state that does not allow this";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The state it is in. */
            order_status: components["schemas"]["OrderStatus"];
            /** @description The states it can still reach from there; none when it is final. */
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "There are orders, bought or sold, that are not finished";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description How many.
             * @example 2
             */
            orders: number;
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "There are as many as there can be";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description How many there can be.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The version it has now. */
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
            detail: "The request breaks the contract; errors says where";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description Everything that is wrong with body and parameters, the first hundred. */
            errors: components["schemas"]["Violation"][];
            /** @description Whether there were more than a hundred. */
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The code, in capitals.
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
            detail: "An order buys from one seller; order once for each";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "Nobody buys from himself";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The items that are your own. */
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
            detail: "This marketplace trades in another currency";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /** @description The currency it trades in. */
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
            detail: "This Idempotency-Key came with another request before";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "Too many requests; wait as long as Retry-After says";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
             * @example urn:uuid:01a2027b-d680-7000-8000-000000000001
             */
            instance: string;
            /**
             * @description The limit, as RateLimit-Policy names it.
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
            detail: "Something broke on our side; it has been logged";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
            detail: "Not ready to serve requests";
            /**
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
             * @description This one occurrence, by the `X-Request-ID` of the exchange.
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
                /** @description How to authenticate here. */
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
                /** @description How to authenticate here. */
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
                /** @description How to authenticate here. */
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
                /** @description How to authenticate here. */
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
                /** @description How to authenticate here. */
                "WWW-Authenticate": "Bearer";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/refresh-token-reused",
                 *       "title": "Refresh token reused",
                 *       "status": 401,
                 *       "detail": "The refresh token was used before, so its session has been ended",
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
                /** @description How to authenticate here. */
                "WWW-Authenticate": "Bearer error=\"insufficient_scope\"";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "Insufficient scope",
                 *       "status": 403,
                 *       "detail": "The credential lacks the scope that this needs",
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
                 *       "detail": "You may see this, but not do that with it",
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
                 *       "detail": "This needs a login; an API key may not do it",
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
                 *       "detail": "There is nothing at this address",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotFoundProblem"];
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
                 *       "detail": "This address does not have that method",
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
                 *       "detail": "The Accept header leaves out every media type that there is",
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
                 *       "detail": "The body is larger than this operation takes",
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
                 *       "detail": "The body needs another Content-Type",
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
                 *       "detail": "An item is unknown, not for sale yet or no longer for sale",
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
                 *       "detail": "The stock is not what the request expected",
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
                 *       "detail": "The order would not cost what the request expected",
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
                 *       "detail": "The order is in a state that does not allow this",
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
                 *       "detail": "There are orders, bought or sold, that are not finished",
                 *       "instance": "urn:uuid:01934f2e-7c1a-7000-8000-000000000001",
                 *       "orders": 2
                 *     }
                 */
                "application/problem+json": components["schemas"]["OpenOrdersProblem"];
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
                 *       "detail": "There are as many as there can be",
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
                /** @description Seconds to wait before the same request makes sense again. */
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
                 *       "detail": "The request breaks the contract; errors says where",
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
                 *       "detail": "An order buys from one seller; order once for each",
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
                 *       "detail": "Nobody buys from himself",
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
                 *       "detail": "This marketplace trades in another currency",
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
                 *       "detail": "This Idempotency-Key came with another request before",
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
                 *       "detail": "Too many requests; wait as long as Retry-After says",
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
                 *       "detail": "Something broke on our side; it has been logged",
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
                 *       "detail": "Not ready to serve requests",
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
         * @description Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a whole list follow `cursor`.
         * @example 40
         */
        Skip: number;
        /**
         * @description Max items of one page.
         * @example 50
         */
        Limit: number;
        /**
         * @description `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry once, even while others are being added.
         * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
         */
        Cursor: string;
        /**
         * @description The user that this is about.
         * @example 3
         */
        UserId: number;
        /**
         * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
         * @example "4"
         */
        IfMatch: string;
        /**
         * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Without the header each request counts by itself.
         * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
         */
        OptionalIdempotencyKey: string;
        /**
         * @description One of your own addresses; those of other users do not exist for you.
         * @example 5
         */
        AddressId: number;
        /**
         * @description One of your own sessions or API keys. `session_id` of a token answer is such an id.
         * @example 41
         */
        CredentialId: number;
        /**
         * @description The item that this is about. Orders call the same number `product_id`.
         * @example 7
         */
        ItemId: number;
        /**
         * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Refusals are not kept: fix the cause and send the same key again.
         * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
         */
        IdempotencyKey: string;
        /**
         * @description The order that this is about.
         * @example 12
         */
        OrderId: number;
        /**
         * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
         * @example "4"
         */
        IfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Where the new resource can be read, relative to this server.
         * @example /users/3
         */
        Location: string;
        /**
         * @description The version of what was read: send it back as `If-None-Match` to read again or as `If-Match` to write. The number is the body's `version`; an item adds the version of its stock, and an `o` marks the fuller view of owners and staff.
         * @example "4"
         */
        ETag: string;
        /**
         * @description The address of the next page; missing on the last one.
         * @example </users?limit=50&cursor=WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx>; rel="next"
         */
        Link: string;
        /**
         * @description A hash of the answer, for `If-None-Match`. What has no version of its own is tagged by what it says.
         * @example "9b2f64d0c1a7e835"
         */
        BodyETag: string;
        /**
         * @description The name of this exchange in the server's logs. Quote it when you report a fault; `instance` of a problem holds it, too.
         * @example 01a2027b-d680-7000-8000-000000000001
         */
        "X-Request-ID": string;
        /**
         * @description Time spent in the server, in seconds.
         * @example 0.0012s
         */
        "X-Response-Time": string;
        /**
         * @description SHA-256 of the contract that the server was built from, and the `ETag` of `/openapi.json`. When it differs from the one that your client was generated from, one of the two is newer.
         * @example sha-256=0d4e0f3b1c5a6978876a5b4c3d2e1f000f1e2d3c4b5a69788796a5b4c3d2e1f0
         */
        "Contract-Digest": string;
        /**
         * @description `private, no-store` for whatever was read with a credential, `public` with a `max-age` for what anybody may read, `no-store` where an answer holds a secret.
         * @example private, no-store
         */
        "Cache-Control": string;
        /**
         * @description Request headers that a shared cache must tell apart.
         * @example Authorization, Origin
         */
        Vary: string;
        /** @description The media type is the one declared; a browser must not guess another. */
        "X-Content-Type-Options": "nosniff";
        /** @description Addresses of this API, which hold ids, are not passed on to other sites. */
        "Referrer-Policy": "no-referrer";
        /** @description An answer that is opened as a page runs nothing and is framed by nobody. */
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'";
        /**
         * @description The limit that counted this request; `q` requests per `w` seconds. Missing where limits are switched off.
         * @example "default";q=300;w=60
         */
        "RateLimit-Policy": string;
        /**
         * @description What is left of it; `r` requests, and `t` seconds until the whole quota is back. Missing where limits are switched off.
         * @example "default";r=299;t=1
         */
        RateLimit: string;
        /**
         * @description Every method that the path has.
         * @example GET, HEAD, OPTIONS, POST
         */
        Allow: string;
        /** @description Seconds to wait before the same request makes sense again. */
        RetryAfter: number;
        /** @description Present when this is the stored answer to an earlier request with the same Idempotency-Key. */
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
                 * @description Text that occurs in the name or the e-mail address; upper and lower case count the same.
                 * @example alice
                 */
                q?: string;
                /**
                 * @description Only accounts of this role.
                 * @example support
                 */
                role?: components["schemas"]["Role"];
                /**
                 * @description Only accounts that are in use, or only those that are locked.
                 * @example true
                 */
                is_active?: boolean;
                /**
                 * @description Oldest or newest first.
                 * @example -created_at
                 */
                sort?: components["schemas"]["UserSort"];
                /**
                 * @description Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a whole list follow `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description Max items of one page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry once, even while others are being added.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The user that this is about.
                 * @example 3
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, in full or public. */
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The user that this is about.
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
            /** @description The account as it is now. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The user that this is about.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The user that this is about.
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
            /** @description The account as it is now. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
    createAddress: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Without the header each request counts by itself.
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
                    /** @description How to authenticate here. */
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
                    /** @description Seconds to wait before the same request makes sense again. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description One of your own addresses; those of other users do not exist for you.
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
            /** @description The address as it is now. */
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description One of your own addresses; those of other users do not exist for you.
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
                    /** @description How to authenticate here. */
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
            /** @description A token for 30 minutes. */
            200: {
                headers: {
                    "X-Request-ID": components["headers"]["X-Request-ID"];
                    "X-Response-Time": components["headers"]["X-Response-Time"];
                    "Contract-Digest": components["headers"]["Contract-Digest"];
                    /** @description Nobody may keep a token but you. */
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
                    /** @description How to authenticate here. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidCredentialsProblem"] | components["schemas"]["InvalidRefreshTokenProblem"] | components["schemas"]["RefreshTokenReusedProblem"];
                };
            };
            403: components["responses"]["AccountDisabled"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
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
                    /** @description How to authenticate here. */
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
                 * @description One of your own sessions or API keys. `session_id` of a token answer is such an id.
                 * @example 41
                 */
                credential_id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
    listItems: {
        parameters: {
            query?: {
                /**
                 * @description Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a whole list follow `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description Max items of one page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry once, even while others are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Words that all occur in title, description or tags. Case does not matter; there are no wildcards.
                 * @example brass lamp
                 */
                search?: string;
                /**
                 * @description Only items of this category.
                 * @example lighting
                 */
                category?: string;
                /**
                 * @description Only what this user sells.
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
                 * @description `true`: only what can be ordered now. `false`: only what is sold out.
                 * @example true
                 */
                in_stock?: boolean;
                /**
                 * @description Only items in this state.
                 * @example active
                 */
                status?: components["schemas"]["ItemStatus"];
                /**
                 * @description What comes first.
                 * @example price
                 */
                sort?: components["schemas"]["ItemSort"];
            };
            header?: {
                /**
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
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
                    /** @description How to authenticate here. */
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
                 * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Without the header each request counts by itself.
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
                    /** @description How to authenticate here. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
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
                    /** @description Seconds to wait before the same request makes sense again. */
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
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The item that this is about. Orders call the same number `product_id`.
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The item that this is about. Orders call the same number `product_id`.
                 * @example 7
                 */
                item_id: components["parameters"]["ItemId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is archived. */
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description Change only what you have seen: the `ETag` of your last read or `"<version>"` built from the body's `version`. A list and `*` are understood, anything else matches nothing and is a 412. Without the header the write goes through, and the last one wins.
                 * @example "4"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The item that this is about. Orders call the same number `product_id`.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a whole list follow `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description Max items of one page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry once, even while others are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The item that this is about. Orders call the same number `product_id`.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Refusals are not kept: fix the cause and send the same key again.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The item that this is about. Orders call the same number `product_id`.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                    /** @description Seconds to wait before the same request makes sense again. */
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
                    /** @description How to authenticate here. */
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
                 * @description Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a whole list follow `cursor`.
                 * @example 40
                 */
                skip?: components["parameters"]["Skip"];
                /**
                 * @description Max items of one page.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry once, even while others are being added.
                 * @example WzE3NzI0NDQ0MDAsN10.q1Xn0rC2b7Yx
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Whose orders.
                 * @example seller
                 */
                role?: components["schemas"]["OrderRole"];
                /**
                 * @description Only orders in this state.
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
                 * @description What comes first.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                 * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Refusals are not kept: fix the cause and send the same key again.
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
                    /** @description How to authenticate here. */
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthenticatedProblem"] | components["schemas"]["InvalidTokenProblem"];
                };
            };
            403: components["responses"]["InsufficientScope"];
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
                    /** @description Seconds to wait before the same request makes sense again. */
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
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
                 * @example "4"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The order that this is about.
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
                    /** @description How to authenticate here. */
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
                 * @description A fresh random text for each thing you want done, and the same text whenever you send it again. The effect happens once; for 24 hours every repetition gets the first answer, marked `Idempotency-Replayed`. Without the header each request counts by itself.
                 * @example 6f1c2f0e-52a5-4c7e-9d7a-0b9f5a3f8c11
                 */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                /**
                 * @description The order that this is about.
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
                    /** @description How to authenticate here. */
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
                    /** @description How to authenticate here. */
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
                    /** @description Seconds to wait before the same request makes sense again. */
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
            /** @description Hello. */
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
            /** @description Serving. */
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
                     *       "detail": "The Accept header leaves out every media type that there is",
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
                     *       "detail": "Something broke on our side; it has been logged",
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
                 * @description The `ETag` that you already hold. While it is still current the answer is 304 without a body. A list and `*` are understood, anything else counts as not sent.
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
                    /** @description Everybody may keep it for five minutes. */
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
                    /** @description Everybody may keep it for five minutes. */
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
export type TokenRequest = components["schemas"]["TokenRequest"];
export type GrantType = components["schemas"]["GrantType"];
export type Token = components["schemas"]["Token"];
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
export type Scope = components["schemas"]["Scope"];
export type Relation = components["schemas"]["Relation"];
export type HttpMethod = components["schemas"]["HttpMethod"];
export type MediaType = components["schemas"]["MediaType"];
export type Shortage = components["schemas"]["Shortage"];
export type Violation = components["schemas"]["Violation"];
export type Step = components["schemas"]["Step"];
export type PromotionRefusal = components["schemas"]["PromotionRefusal"];
export type EmailAlreadyRegisteredProblem = components["schemas"]["EmailAlreadyRegisteredProblem"];
export type PasswordIncorrectProblem = components["schemas"]["PasswordIncorrectProblem"];
export type InvalidCursorProblem = components["schemas"]["InvalidCursorProblem"];
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
export type AccountDisabledProblem = components["schemas"]["AccountDisabledProblem"];
export type NotFoundProblem = components["schemas"]["NotFoundProblem"];
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

/** Every way to say no, told apart by `type`. */
export type Problem =
    | EmailAlreadyRegisteredProblem
    | PasswordIncorrectProblem
    | InvalidCursorProblem
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
    | AccountDisabledProblem
    | NotFoundProblem
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

/** What one operation may refuse with: `Refusal<"createOrder">`. A `switch` over `type` that has every case leaves `never`. */
export type Refusal<Id extends keyof operations> = {
    [Status in keyof operations[Id]["responses"]]: operations[Id]["responses"][Status] extends {
        content: { "application/problem+json": infer Body };
    } ? Body : never;
}[keyof operations[Id]["responses"]];
