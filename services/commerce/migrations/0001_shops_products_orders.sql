CREATE SCHEMA commerce;

CREATE TABLE commerce.shops (
  id                  uuid        PRIMARY KEY,
  owner_id            uuid        NOT NULL,
  country             text        NOT NULL,
  name                text        NOT NULL CHECK (char_length(name) <= 100),
  description         text        NOT NULL CHECK (char_length(description) <= 1000),
  category            text,
  verification_status text        NOT NULL CHECK (verification_status IN ('pending', 'verified', 'rejected')),
  settings            jsonb       NOT NULL,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL
);
CREATE INDEX shops_owner ON commerce.shops (owner_id, id DESC);

CREATE TABLE commerce.products (
  id          uuid        PRIMARY KEY,
  shop_id     uuid        NOT NULL REFERENCES commerce.shops,
  name        text        NOT NULL CHECK (char_length(name) <= 200),
  description text        NOT NULL,
  category    text,
  brand       text,
  price       bigint      NOT NULL CHECK (price > 0),
  currency    text        NOT NULL,
  status      text        NOT NULL CHECK (status IN ('active', 'inactive')),
  images      text[]      NOT NULL,
  attributes  jsonb       NOT NULL,
  -- The words that it is found by, made by the service: Postgres cannot split Thai.
  found_by    tsvector    NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CHECK (status <> 'active' OR cardinality(images) > 0)
);
CREATE INDEX products_shop ON commerce.products (shop_id, id DESC);
CREATE INDEX products_newest ON commerce.products (id DESC) WHERE status = 'active';
CREATE INDEX products_price ON commerce.products (currency, price, id) WHERE status = 'active';
CREATE INDEX products_category ON commerce.products (category, id DESC) WHERE status = 'active';
CREATE INDEX products_found_by ON commerce.products USING gin (found_by) WHERE status = 'active';

CREATE TABLE commerce.variants (
  id               uuid    PRIMARY KEY,
  product_id       uuid    NOT NULL REFERENCES commerce.products,
  place            integer NOT NULL,
  name             text    NOT NULL,
  price_adjustment bigint  NOT NULL,
  attributes       jsonb   NOT NULL,
  -- A variant that was taken off stays for the orders that name it.
  removed          boolean NOT NULL DEFAULT false
);
CREATE INDEX variants_product ON commerce.variants (product_id, place);

-- What can still be bought of a product, or of a variant: item_id is the id of either. Apart from the wide product
-- rows, because checkouts change it all day.
CREATE TABLE commerce.stock (
  item_id    uuid   PRIMARY KEY,
  product_id uuid   NOT NULL REFERENCES commerce.products,
  shop_id    uuid   NOT NULL REFERENCES commerce.shops,
  sku        text,
  quantity   bigint NOT NULL CHECK (quantity >= 0),
  UNIQUE (shop_id, sku)
) WITH (fillfactor = 50);
CREATE INDEX stock_product ON commerce.stock (product_id);

CREATE TABLE commerce.orders (
  id                    uuid        PRIMARY KEY,
  shop_id               uuid        NOT NULL REFERENCES commerce.shops,
  customer_id           uuid        NOT NULL,
  owner_id              uuid        NOT NULL CHECK (owner_id <> customer_id),
  wallet_id             uuid        NOT NULL,
  currency              text        NOT NULL,
  -- Minor units. Prices include tax: tax is the part of the total that is tax.
  subtotal              bigint      NOT NULL CHECK (subtotal > 0),
  shipping              bigint      NOT NULL CHECK (shipping >= 0),
  total                 bigint      NOT NULL,
  tax                   bigint      NOT NULL CHECK (tax >= 0 AND tax < total),
  tax_basis_points      integer     NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
  status                text        NOT NULL DEFAULT 'pending',
  payment_status        text        NOT NULL DEFAULT 'pending'
                                    CHECK (payment_status IN ('pending', 'paid', 'failed', 'refunded')),
  tracking_number       text,
  carrier               text,
  -- The deadlines that held when it was placed.
  confirm_within_ms     bigint      NOT NULL CHECK (confirm_within_ms >= 0),
  auto_deliver_after_ms bigint      NOT NULL CHECK (auto_deliver_after_ms >= 0),
  dispute_window_ms     bigint      NOT NULL CHECK (dispute_window_ms >= 0),
  shipped_at            timestamptz,
  delivered_at          timestamptz,
  -- When its workflow had nothing left to do: cancelled, refunded or settled. Nobody may move it, or start it again.
  closed_at             timestamptz,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  CHECK (total = subtotal + shipping)
) WITH (fillfactor = 80);
CREATE INDEX orders_customer ON commerce.orders (customer_id, id DESC);
CREATE INDEX orders_owner ON commerce.orders (owner_id, id DESC);

CREATE TABLE commerce.order_items (
  order_id   uuid     NOT NULL REFERENCES commerce.orders,
  line       smallint NOT NULL,
  product_id uuid     NOT NULL REFERENCES commerce.products,
  variant_id uuid     REFERENCES commerce.variants,
  -- As it was called when it was bought.
  name       text     NOT NULL,
  quantity   integer  NOT NULL CHECK (quantity > 0),
  unit_price bigint   NOT NULL CHECK (unit_price > 0),
  total      bigint   NOT NULL,
  PRIMARY KEY (order_id, line),
  CHECK (total = unit_price * quantity)
);
CREATE INDEX order_items_product ON commerce.order_items (product_id);

-- An order's story, a row per event. A step's row is also what makes the step happen once.
CREATE TABLE commerce.order_story (
  number   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid        NOT NULL REFERENCES commerce.orders,
  step     text        NOT NULL,
  status   text        NOT NULL CHECK (status IN ('started', 'completed', 'failed', 'compensated', 'waiting')),
  attempt  integer     NOT NULL CHECK (attempt > 0),
  actor    text        NOT NULL CHECK (actor IN ('customer', 'merchant', 'ops', 'system')),
  actor_id text        NOT NULL,
  -- A machine's word for why; what a person says is kept in order_words.
  reason   text,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX order_story_order ON commerce.order_story (order_id, number);
CREATE UNIQUE INDEX order_story_once ON commerce.order_story (order_id, step, status) WHERE status <> 'failed';
CREATE UNIQUE INDEX order_story_failed ON commerce.order_story (order_id, step, attempt) WHERE status = 'failed';

CREATE TABLE commerce.reviews (
  id          uuid        PRIMARY KEY,
  product_id  uuid        NOT NULL REFERENCES commerce.products,
  order_id    uuid        NOT NULL REFERENCES commerce.orders,
  customer_id uuid        NOT NULL,
  rating      smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
  text        text        CHECK (char_length(text) <= 2000),
  created_at  timestamptz NOT NULL,
  UNIQUE (product_id, customer_id)
);

-- The order's state machine, so that no code can skip a step.
CREATE FUNCTION commerce.check_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (
       ('pending', 'confirmed'), ('confirmed', 'processing'), ('processing', 'shipped'),
       ('shipped', 'delivered'), ('delivered', 'refunded'),
       ('pending', 'cancelled'), ('confirmed', 'cancelled'), ('processing', 'cancelled')) THEN
    RAISE EXCEPTION 'an order cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_move BEFORE UPDATE OF status ON commerce.orders
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION commerce.check_order_move();

-- The tables below hold personal data. They are filled in the database of the person's region only.

CREATE TABLE commerce.shop_contacts (
  shop_id  uuid  PRIMARY KEY,
  owner_id uuid  NOT NULL,
  contact  jsonb,
  address  jsonb
);
CREATE INDEX shop_contacts_owner ON commerce.shop_contacts (owner_id);

CREATE TABLE commerce.shipping (
  order_id    uuid        PRIMARY KEY,
  customer_id uuid        NOT NULL,
  address     jsonb       NOT NULL,
  notes       text,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shipping_customer ON commerce.shipping (customer_id);

-- What people wrote when they took a step, beside the customer's address and never in an event or a workflow.
CREATE TABLE commerce.order_words (
  order_id    uuid NOT NULL,
  step        text NOT NULL,
  actor_id    uuid NOT NULL,
  customer_id uuid NOT NULL,
  words       text NOT NULL,
  PRIMARY KEY (order_id, step, actor_id)
);
CREATE INDEX order_words_customer ON commerce.order_words (customer_id);

GRANT USAGE ON SCHEMA commerce TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON commerce.shops, commerce.products, commerce.variants, commerce.stock, commerce.orders,
  commerce.shop_contacts, commerce.order_words TO tchat_app;
GRANT SELECT, INSERT ON commerce.order_items, commerce.order_story, commerce.reviews TO tchat_app;
GRANT SELECT, INSERT, DELETE ON commerce.shipping TO tchat_app;
