using Microsoft.Extensions.Configuration;
using Sandbox.Supervisor.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Database;

public sealed class DatabaseOptionsTests
{
    [Theory]
    [InlineData("ConnectionStrin", "Host=x", "Sandbox:Database:ConnectionStrin ")]
    [InlineData("Connections", "many", "Sandbox:Database:Connections ")]
    [InlineData("Connections", "7", "8 to 500")]
    [InlineData("HistoryDays", "0", "Sandbox:Database:HistoryDays ")]
    [InlineData("ConnectionString", "Hst=x", "Sandbox:Database:ConnectionString ")]
    [InlineData("ConnectionString", "Username=x", "Sandbox:Database:ConnectionString ")]
    public void A_wrong_setting_is_named(string key, string value, string said) =>
        Should.Throw<DatabaseException>(() => Read(key, value)).Message.ShouldContain(said);

    [Fact]
    public void A_password_is_never_repeated() =>
        Should.Throw<DatabaseException>(() => Read("ConnectionString", "Host=x;Password=hunter2;Nonsense=1")).ToString().ShouldNotContain("hunter2");

    [Fact]
    public void What_is_not_set_has_its_default()
    {
        Read("Connections", "12").Connections.ShouldBe(12);
        Read("Connections", "").Connections.ShouldBe(40);
    }

    private static DatabaseOptions Read(string key, string value) =>
        DatabaseServices.Read(new ConfigurationBuilder().AddInMemoryCollection([new($"Sandbox:Database:{key}", value)]).Build());
}
