import { makeAskForStep } from './ask-for-step.ts';
import { makeEditShop } from './edit-shop.ts';
import { makeGetOrder, makeGetOrderFor, makeGetTimeline, makeListOrders } from './find-orders.ts';
import { makeGetProduct, makeListProducts } from './find-products.ts';
import { makeGetShop, makeListShops } from './find-shops.ts';
import { makeOpenShop } from './open-shop.ts';
import { makePlaceOrder } from './place-order.ts';
import type { CommercePorts } from './ports.ts';
import { makeRecordStep } from './record-step.ts';
import { makeRecordRefund } from './record-refund.ts';
import { makeReviewProduct } from './review-product.ts';
import { makeAddProduct, makeEditProduct } from './save-product.ts';
import { makeSetVerification } from './set-verification.ts';

/** Shops, products and orders: every use case over the same ports. */
export function makeCommerce(ports: CommercePorts) {
  return {
    openShop: makeOpenShop(ports),
    editShop: makeEditShop(ports),
    getShop: makeGetShop(ports),
    listShops: makeListShops(ports),
    setVerification: makeSetVerification(ports),
    addProduct: makeAddProduct(ports),
    editProduct: makeEditProduct(ports),
    getProduct: makeGetProduct(ports),
    listProducts: makeListProducts(ports),
    placeOrder: makePlaceOrder(ports),
    getOrder: makeGetOrder(ports),
    getOrderFor: makeGetOrderFor(ports),
    listOrders: makeListOrders(ports),
    getTimeline: makeGetTimeline(ports),
    askForStep: makeAskForStep(ports),
    recordStep: makeRecordStep(ports),
    recordRefund: makeRecordRefund(ports),
    reviewProduct: makeReviewProduct(ports),
  };
}

export type CommerceService = ReturnType<typeof makeCommerce>;
