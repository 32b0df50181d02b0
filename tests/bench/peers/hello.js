export default {
  async fetch() {
    return Response.json({ hello: 'world' });
  },
};
