using System.Net;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Egress;

public sealed class AddressRulesTests
{
    public static TheoryData<string, string> Spellings => [.. AddressTable.Rows.Select(row => (row.Host, row.Kind?.ToString() ?? "none"))];

    [Fact]
    public void The_table_has_at_least_150_spellings()
    {
        AddressTable.Rows.Length.ShouldBeGreaterThanOrEqualTo(150);
        AddressTable.Rows.Select(row => row.Host).ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void A_spelling_is_read_as_a_browser_reads_it_and_then_told_what_it_is(string host, string kind)
    {
        var read = UrlHost.Parse(host);

        (read is null ? "none" : read.Value.Address is { } address ? AddressRules.KindOf(address).ToString() : "a name").ShouldBe(kind);
    }

    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    [InlineData("ex%61mple.com", "example.com")]
    [InlineData("\uFF45xample.com", "example.com")]
    [InlineData("my_host.example", "my_host.example")]
    [InlineData("1password.com", "1password.com")]
    [InlineData("127.0.0.1.nip.io", "127.0.0.1.nip.io")]
    public void A_name_is_lower_case_ascii(string host, string name) => UrlHost.Parse(host).ShouldBe(new UrlHost(name, null));

    [Fact]
    public void An_address_with_a_scope_is_link_local() => AddressRules.KindOf(IPAddress.Parse("2a00::1%2")).ShouldBe(AddressKind.LinkLocal);

    [Theory]
    [InlineData("api.example.com", "api.example.com", 443, true)]
    [InlineData("api.example.com", "API.example.com.", 8443, true)]
    [InlineData("api.example.com", "evil-api.example.com", 443, false)]
    [InlineData("*.example.com", "a.example.com", 443, true)]
    [InlineData("*.example.com", "a.b.example.com", 443, true)]
    [InlineData("*.example.com", "example.com", 443, false)]
    [InlineData("*.example.com", "badexample.com", 443, false)]
    [InlineData("api.example.com:5432", "api.example.com", 5432, true)]
    [InlineData("api.example.com:5432", "api.example.com", 443, false)]
    [InlineData("[2a00::5]:8080", "[2a00:0::5]", 8080, true)]
    public void An_entry_of_a_list_matches_what_it_says(string entry, string host, int port, bool matches) =>
        HostPattern.Parse(entry)!.Value.Matches(UrlHost.Parse(host)!.Value, port).ShouldBe(matches);

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("*.10.0.0.1")]
    [InlineData("*")]
    [InlineData("a.*.com")]
    [InlineData("user@example.com")]
    public void What_is_no_entry_of_a_list_is_refused(string entry) => HostPattern.Parse(entry).ShouldBeNull();

    [Theory]
    [InlineData("metadata.google.internal")]
    [InlineData("METADATA.google.internal.")]
    [InlineData("metadata.goog")]
    [InlineData("instance-data.ec2.internal")]
    [InlineData("localhost")]
    [InlineData("a.localhost")]
    public void Some_names_are_never_called_whatever_is_opened(string name)
    {
        var policy = new EgressPolicy(Guid.NewGuid(), new TenantEgress { Hosts = [name], PrivateHosts = [name] });

        policy.Refusal(UrlHost.Parse(name)!.Value, 443, EgressPorts.IsWeb).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(443, true)]
    [InlineData(1024, true)]
    [InlineData(65_535, true)]
    [InlineData(22, false)]
    [InlineData(25, false)]
    [InlineData(1023, false)]
    [InlineData(1433, false)]
    [InlineData(1521, false)]
    [InlineData(2049, false)]
    [InlineData(2375, false)]
    [InlineData(3306, false)]
    [InlineData(3389, false)]
    [InlineData(5432, false)]
    [InlineData(5900, false)]
    [InlineData(6379, false)]
    [InlineData(9200, false)]
    [InlineData(11_211, false)]
    [InlineData(27_017, false)]
    public void Ports_of_databases_and_the_like_are_closed(int port, bool isOpen) => EgressPorts.IsWeb(port).ShouldBe(isOpen);
}
