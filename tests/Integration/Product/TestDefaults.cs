using System.Runtime.CompilerServices;

namespace Sandbox.Tests.Integration.Product;

/// <summary>What the tests' products have in common; the benchmarks start theirs as an operator does.</summary>
internal static class TestDefaults
{
    /// <summary>One ready worker instead of two: most of these products see a tenant or two, and the start of a worker is half a second of a processor.</summary>
    [ModuleInitializer]
    internal static void Set() => RunningProduct.Defaults = ["--Sandbox:Workers:Spare=1"];
}
