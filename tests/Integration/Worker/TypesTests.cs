using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>TypeScript's compiler takes <c>sandbox.d.ts</c>, and tells right scripts from wrong ones by it.</summary>
public sealed class TypesTests : IDisposable
{
    private readonly TypesCompiler _compiler = new();

    [Fact(Timeout = 120_000)]
    public async Task The_types_are_valid_and_a_script_that_is_right_passes() => (await CompileAsync("""
        const { orderId } = context.input;
        if (context.trigger.type === 'http') console.info(context.trigger.httpRequest.headers['x-a'], context.deadline);
        const order = await sdk.db.get('orders', orderId);
        const form = new FormData();
        form.append('f', new File([new Uint8Array(1), 'x'], 'n.txt'));
        const url = new URL('/a', 'https://api.example.com');
        url.searchParams.set('q', 'ü');
        const answer = await fetch(url, { method: 'POST', headers: [['x-a', 'b']], body: form, signal: AbortSignal.timeout(1_000) });
        for (const [name, value] of answer.headers) sdk.label(name, value);
        const again = new Request('https://a/', { headers: new Headers({ a: 'b' }), body: new URLSearchParams({ a: 'b' }), method: 'PUT' });
        await sdk.http.post(url, again.headers, { headers: answer.headers });
        setTimeout((step) => step.toFixed(), 10, 5);
        return Response.json({ price: order?.total, copy: structuredClone(new Map([['a', 1]])).get('a'), now: performance.now() }, { status: 201 });
        """)).ShouldBe("");

    [Fact(Timeout = 120_000)]
    public async Task A_script_that_is_wrong_does_not()
    {
        (string Source, string Code)[] wrong =
        [
            ("await fetch(7);", "TS2345"),
            ("context.trigger.httpRequest;", "TS2339"),
            ("context.version = 2;", "TS2540"),
            ("document.title;", "TS2584"),
            ("(await new Response('a').json()).x; new Response('a').stream();", "TS2339"),
        ];

        // One run of the compiler: its start is the cost.
        var said = await CompileAsync([.. wrong.Select(script => script.Source)]);

        for (var i = 0; i < wrong.Length; i++) TypesCompiler.Of(said, i).ShouldContain(wrong[i].Code, customMessage: wrong[i].Source);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_examples_pass()
    {
        var examples = Path.Combine(RunningProduct.Root, "examples");
        var sources = Directory.GetFiles(examples, "*.js", SearchOption.AllDirectories);

        sources.ShouldNotBeEmpty();
        (await CompileAsync([.. sources.Select(File.ReadAllText)])).ShouldBe("");
    }

    public void Dispose() => _compiler.Dispose();

    private Task<string> CompileAsync(params string[] sources) => _compiler.CompileAsync(TypesCompiler.Shared, sources);
}
