using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Listeners;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class ConfigurationTests
{
    private static void Check(string key, string value) =>
        ConfigurationSetup.Check(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());

    [Theory(Timeout = 10_000)]
    [InlineData("Sandbox:DataDirectory", "/var/lib/sandbox")]
    [InlineData("Sandbox:Database:ConnectionString", "")]
    [InlineData("Sandbox:Listen:Admin", "http://127.0.0.1:1")]
    [InlineData("Sandbox:Listen:Socket", "/run/x")]
    [InlineData("Sandbox:Isolation", "Required")]
    [InlineData("sandbox:isolation", "required")]
    [InlineData("Sandbox:Workers:Spare", "2")]
    [InlineData("Sandbox:Databases:crm:ConnectionString", "Host=crm;Username=scripts")]
    [InlineData("Sandbox:Databases:crm:Connections", "20")]
    [InlineData("Sandbox:Workers:Max", "8")]
    [InlineData("Sandbox:Demo:Enabled", "False")]
    [InlineData("Sandbox:Proxy:Addresses:0", "10.0.0.1")]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    public Task A_setting_that_exists_is_taken(string key, string value)
    {
        Should.NotThrow(() => Check(key, value));
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("Sandbox:Listen:Adminn", "x", "Sandbox:Listen:Adminn", "Sandbox:Listen:Admin.")]
    [InlineData("Sandbox:Worker:Spare", "2", "Sandbox:Worker:Spare", "Sandbox:Workers:Spare.")]
    [InlineData("Sandbox:DataDir", "x", "Sandbox:DataDir ", "Sandbox:DataDirectory.")]
    [InlineData("Sandbox:Isolation", "Maybe", "Sandbox:Isolation", "BestEffort, Required")]
    [InlineData("Sandbox:Databases:crm:Connection", "20", "Sandbox:Databases:crm:Connection ", "Sandbox:Databases:*:Connection")]
    [InlineData("Sandbox:Databases:crm:Connections", "0", "Sandbox:Databases:crm:Connections", "choose 1 to 500")]
    [InlineData("Sandbox:Workers:Spare", "many", "Sandbox:Workers:Spare", "'many'")]
    [InlineData("Sandbox:Workers:Max", "0", "Sandbox:Workers:Max", "choose 1 to")]
    [InlineData("Sandbox:Demo:Enabled", "yes", "Sandbox:Demo:Enabled", "'yes'")]
    [InlineData("Sandbox:Proxy:Addresses", "10.0.0.1", "Sandbox:Proxy:Addresses", ":0")]
    public Task A_setting_that_is_unknown_or_wrong_is_named_with_the_remedy(string key, string value, string named, string remedy)
    {
        var message = Should.Throw<StartupException>(() => Check(key, value)).Message;
        message.ShouldContain(named);
        message.ShouldContain(remedy);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("--urls=http://*:80")]
    [InlineData("--Sandbx:Isolation=Required")]
    [InlineData("--Sandbox:Isolation")]
    [InlineData("start")]
    public Task An_argument_that_is_none_stops_the_start(string argument)
    {
        Should.Throw<StartupException>(() => ConfigurationSetup.Load(new ConfigurationManager(), [argument])).Message.ShouldContain(argument);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("http://localhost:8080/", "127.0.0.1:8080")]
    [InlineData("http://0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("http://[::1]:8080", "[::1]:8080")]
    [InlineData("http://*:8080", "[::]:8080")]
    public Task A_listener_takes_addresses(string url, string endPoint)
    {
        ListenSocket.Parse("Sandbox:Listen:Admin", url).ToString().ShouldBe(endPoint);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("127.0.0.1:8080")]
    [InlineData("https://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://example.com:80")]
    [InlineData("")]
    public Task A_listener_that_is_no_address_names_its_setting(string url)
    {
        Should.Throw<StartupException>(() => ListenSocket.Parse("Sandbox:Listen:Admin", url)).Message.ShouldStartWith("Sandbox:Listen:Admin:");
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_port_in_use_names_the_setting_and_the_remedy()
    {
        using var first = ListenSocket.BindUrl(Listener.Admin, "Sandbox:Listen:Admin", "http://127.0.0.1:0");
        using var holder = first.Take();
        holder.Listen();

        var message = Should.Throw<StartupException>(() => ListenSocket.BindUrl(Listener.Endpoints, "Sandbox:Listen:Endpoints", $"http://{first.EndPoint}")).Message;
        message.ShouldContain("Sandbox:Listen:Endpoints");
        message.ShouldContain("in use");
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_port_that_another_start_took_meanwhile_is_one_line_too()
    {
        using var first = ListenSocket.BindUrl(Listener.Admin, "Sandbox:Listen:Admin", "http://127.0.0.1:0");
        using var second = ListenSocket.BindUrl(Listener.Admin, "Sandbox:Listen:Admin", $"http://{first.EndPoint}");
        using var holder = first.Take();
        holder.Listen();
        using var late = second.Take();

        StartupErrors.Line(Should.Throw<SocketException>(() => late.Listen())).ShouldNotBeNull().ShouldContain("Sandbox:Listen");
        return Task.CompletedTask;
    }
}
