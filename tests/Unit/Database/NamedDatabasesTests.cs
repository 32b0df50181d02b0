using Microsoft.Extensions.Configuration;
using Sandbox.Supervisor.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Database;

public sealed class NamedDatabasesTests
{
    private static NamedDatabases Read(string key, string value) =>
        NamedDatabases.Read(new ConfigurationBuilder().AddInMemoryCollection([new($"Sandbox:Databases:{key}", value)]).Build());

    [Fact]
    public void A_database_is_known_by_its_name()
    {
        var database = Read("crm-2:ConnectionString", "Host=crm;Username=scripts").ByName["crm-2"];

        database.ConnectionString.ShouldBe("Host=crm;Username=scripts");
        database.Connections.ShouldBe(10);
    }

    [Theory]
    [InlineData("Crm:ConnectionString", "Host=crm;Username=scripts", "Sandbox:Databases:Crm")]
    [InlineData("2crm:ConnectionString", "Host=crm;Username=scripts", "beginning with a letter")]
    [InlineData("crm:ConnectionString", "Host=crm", "names no Host or no Username")]
    [InlineData("crm:ConnectionString", "Username=scripts", "names no Host or no Username")]
    [InlineData("crm:ConnectionString", "Password=hidden;Nothing=1", "cannot be read")]
    [InlineData("crm:Connections", "501", "from 1 to 500")]
    public void A_wrong_name_or_value_stops_the_start_and_is_named(string key, string value, string said)
    {
        var message = Should.Throw<DatabaseException>(() => Read(key, value)).Message;

        message.ShouldContain(said);
        message.ShouldNotContain("hidden");
    }
}
