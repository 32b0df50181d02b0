using Sandbox.Supervisor.Hosting.Web;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class SharedDomainsTests
{
    [Theory]
    [InlineData("admin.shop.example", "scripts.shop.example", true)]
    [InlineData("shop.example", "scripts.SHOP.example", true)]
    [InlineData("admin.shop.example", "scripts.shop-scripts.example", false)]
    [InlineData("admin.shop.co.uk", "scripts.shop.co.uk", true)]
    [InlineData("admin.shop.co.uk", "scripts.other.co.uk", false)]
    [InlineData("localhost", "demo.example", false)]
    public void Hosts_under_one_registrable_domain_are_found(string page, string endpoint, bool shared) =>
        SharedDomains.Find([page], [endpoint]).Any().ShouldBe(shared);
}
