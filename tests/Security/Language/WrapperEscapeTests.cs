using Sandbox.Protocol.Rpc;
using Sandbox.Tests.Integration.Worker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Language;

/// <summary>Sources that try to close the function they are wrapped in. None runs, and none is accepted for saving.</summary>
public sealed class WrapperEscapeTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    public static TheoryData<string> Sources =>
    [
        "}", "}}", "}}}", "})", "}))", "})()", "}})()", "})();", "}, {",
        "}}, globalThis.x=1, function(){ return function(){",
        "}, globalThis.x=1, function(){",
        "}), globalThis.x=1, (async () => {",
        "}), globalThis.x=1, (async function(){",
        "})(), globalThis.x=1, (async function(){",
        "})(); }), globalThis.x=1, (function(){ return (async function(){",
        "})(); }); globalThis.x=1; (function(){ return (async function(){",
        "} [globalThis.x] = function(){",
        "} [x] = function(){",
        "} globalThis.x=1; {",
        "} globalThis.x=1; async function g(){",
        "}\nglobalThis.x=1;\nasync function g(){",
        "} /1/; {",
        "} / 1; {",
        "} `x`; {",
        "} + {",
        "}; {",
        "} => {",
        "} () {",
        "} catch {",
        "} else {",
        "} while (1) {",
        "} of {",
        "} in {",
        "} . x; {",
        "} ?. x; {",
        "} ? 1 : {",
        "/*", "/* }", "*/", "`", "`${", "`}", "'", "\"", "/", "//\n}", "<!--\n}", "-->\n}\u2028-->",
        "// \u2028}",
        "// \u2029} globalThis.x=1; {",
        "#!/bin/sh\n} {",
        "return `${ (() => { }`;",
        "if (1) { } }, function(){",
        "/[/]}/; }",
        "a = b\n/}/.x; }, {",
        "function f(){ }}",
        "class A { static { } } }",
        "\\u007d",
        "await 1 }, async () => { await 1",
        "}/*\n*/,globalThis.x=1,function(){",
        "}//\n,globalThis.x=1,function(){",
        "}<!--\n,globalThis.x=1,function(){",
        "'use strict' } {",
        "export default 1 } {",
        "} export default function () {",
        "export default () => 1; } , {",
        "export default function () { } } ; { ",
        "export { x as default }; } let x; {",
    ];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Sources))]
    public async Task A_source_that_closes_its_wrapper_is_refused(string source)
    {
        var check = await fixture.Worker.Worker.CheckAsync(source, null, TestContext.Current.CancellationToken);
        check.Errors.ShouldNotBeEmpty();
        var result = await fixture.Worker.RunAsync(source);
        result.Outcome.ShouldBe(InvocationOutcome.SyntaxError);
        result.Entered.ShouldBeFalse();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("return '}'", "\"}\"")]
    [InlineData("return `}` // }", "\"}\"")]
    [InlineData("return /}/.source /* } */", "\"}\"")]
    [InlineData("return 1 //", "1")]
    [InlineData("return 1 <!-- } , {", "1")]
    [InlineData("{ } { } return 1", "1")]
    [InlineData("return `${ { a: `}` }.a }`", "\"}\"")]
    public async Task Braces_that_close_nothing_are_welcome(string source, string output) =>
        (await fixture.Worker.OutputAsync(source)).ShouldBe(output);
}
