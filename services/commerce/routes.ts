import {
  CancelOrder,
  ConfirmOrder,
  DeliverOrder,
  GetOrder,
  GetTimeline,
  ListOrders,
  PlaceOrder,
  ReturnOrder,
  ShipOrder,
} from '#shared/contracts/commerce/order-calls.ts';
import { AddProduct, EditProduct, GetProduct, ListProducts } from '#shared/contracts/commerce/product.ts';
import { ReviewProduct } from '#shared/contracts/commerce/review.ts';
import { EditShop, GetShop, ListShops, OpenShop } from '#shared/contracts/commerce/shop.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { CommerceService } from './service.ts';

/** The HTTP calls of commerce, bound to their use cases. */
export function commerceRoutes(commerce: CommerceService): Route[] {
  return [
    handle(OpenShop, async ({ caller, body, facts }) => ({
      status: 201,
      body: await commerce.openShop(caller, body, facts.idempotency),
    })),
    handle(ListShops, async ({ caller, query }) => ({ status: 200, body: await commerce.listShops(caller, query) })),
    handle(GetShop, async ({ caller, params }) => ({ status: 200, body: await commerce.getShop(caller, params.id) })),
    handle(EditShop, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.editShop(caller, params.id, body),
    })),
    handle(AddProduct, async ({ caller, body, facts }) => ({
      status: 201,
      body: await commerce.addProduct(caller, body, facts.idempotency),
    })),
    handle(ListProducts, async ({ query }) => ({ status: 200, body: await commerce.listProducts(query) })),
    handle(GetProduct, async ({ caller, params }) => ({
      status: 200,
      body: await commerce.getProduct(caller, params.id),
    })),
    handle(EditProduct, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.editProduct(caller, params.id, body),
    })),
    handle(PlaceOrder, async ({ caller, body, facts }) => ({
      status: 201,
      body: await commerce.placeOrder(caller, body, facts.idempotency, facts.headers['step-up']),
    })),
    handle(ListOrders, async ({ caller, query }) => ({ status: 200, body: await commerce.listOrders(caller, query) })),
    handle(GetOrder, async ({ caller, params }) => ({ status: 200, body: await commerce.getOrder(caller, params.id) })),
    handle(GetTimeline, async ({ caller, params }) => ({
      status: 200,
      body: await commerce.getTimeline(caller, params.id),
    })),
    handle(ConfirmOrder, async ({ caller, params }) => ({
      status: 200,
      body: await commerce.askForStep(caller, params.id, { to: 'confirm' }),
    })),
    handle(ShipOrder, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.askForStep(caller, params.id, {
        to: 'ship',
        trackingNumber: body?.tracking_number,
        carrier: body?.carrier,
      }),
    })),
    handle(DeliverOrder, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.askForStep(caller, params.id, { to: 'deliver', words: body?.proof ?? body?.reason }),
    })),
    handle(CancelOrder, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.askForStep(caller, params.id, { to: 'cancel', words: body?.reason }),
    })),
    handle(ReturnOrder, async ({ caller, params, body }) => ({
      status: 200,
      body: await commerce.askForStep(caller, params.id, {
        to: 'return',
        accepted: body?.accepted,
        words: body?.reason,
      }),
    })),
    handle(ReviewProduct, async ({ caller, params, body, facts }) => ({
      status: 201,
      body: await commerce.reviewProduct(caller, params.id, body, facts.idempotency),
    })),
  ];
}
