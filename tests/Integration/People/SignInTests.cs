using System.Net;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.People;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>Who gets in by e-mail and password, and who has to wait.</summary>
public sealed class SignInTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Email = "ann@example.com";
    private const string Password = "correct horse battery";
    private static readonly IPAddress s_address = IPAddress.Parse("192.0.2.1");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private PersonService _people = null!;
    private Guid _ann;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _people = PeopleRig.People(_database.Db, _time);
        _ann = (await _people.CreateSuperadminAsync(" Ann@Example.com", "Ann", Password, Stop)).Value;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_wrong_password_and_an_unknown_person_get_the_same_answer()
    {
        (await SignInAsync("ANN@example.com ", Password)).Value.ShouldBe(_ann);

        var wrong = (await SignInAsync(Email, "another horse battery")).Problem.ShouldNotBeNull();
        var unknown = (await SignInAsync("bob@example.com", Password)).Problem.ShouldNotBeNull();

        (wrong.Status, wrong.Detail).ShouldBe((401, "The e-mail or the password is wrong."));
        unknown.ShouldBe(wrong);
    }

    [Fact(Timeout = Patience)]
    public async Task A_disabled_person_is_not_told_so()
    {
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync("update sandbox.people set disabled_at = now()");

        (await SignInAsync(Email, Password)).Problem.ShouldNotBeNull().Detail.ShouldBe("The e-mail or the password is wrong.");
    }

    [Theory(Timeout = Patience)]
    [InlineData(Email)]
    [InlineData("bob@example.com")]
    public async Task Five_wrong_passwords_in_a_row_lock_for_a_quarter_of_an_hour_whether_or_not_there_is_an_account(string email)
    {
        // At once: what is tried together counts as what is tried in turn.
        var tried = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SignInAsync(email, "a wrong password")));

        tried.Count(result => result.Problem is { Status: 401 }).ShouldBe(4);
        tried.Count(result => result.Problem is { Status: 429 }).ShouldBe(4);
        var locked = (await SignInAsync(email, Password)).Problem.ShouldNotBeNull();
        locked.Detail.ShouldBe("There were too many wrong passwords or codes. Try again after 12:15:00 UTC.");
        locked.RetryAfterSeconds.ShouldBe(900);

        _time.Advance(TimeSpan.FromMinutes(15));
        (await SignInAsync(email, Password)).Problem?.Status.ShouldBe(401);
        (await SignInAsync(Email, Password)).Value.ShouldBe(_ann);
    }

    [Fact(Timeout = Patience)]
    public async Task The_right_password_ends_the_row_of_wrong_ones()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++) (await SignInAsync(Email, "a wrong password")).Problem.ShouldNotBeNull().Status.ShouldBe(401);
            (await SignInAsync(Email, Password)).Value.ShouldBe(_ann);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task An_address_that_tries_too_often_waits_and_another_does_not()
    {
        // Too long to be a password: refused before anything is computed.
        var never = new string('x', 201);
        for (var i = 0; i < PersonService.AttemptsPerMinute; i++) (await SignInAsync(Email, never)).Problem.ShouldNotBeNull().Status.ShouldBe(401);

        (await SignInAsync(Email, Password)).Problem.ShouldNotBeNull().RetryAfterSeconds.ShouldBe(60);
        (await _people.SignInAsync(Email, Password, IPAddress.Parse("192.0.2.2"), Stop)).Problem.ShouldBeNull();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await SignInAsync(Email, Password)).Value.ShouldBe(_ann);
    }

    [Theory(Timeout = Patience)]
    [InlineData("nobody", "Ann", Password, "email")]
    [InlineData("Ann <x@example.com>", "Ann", Password, "email")]
    [InlineData("x@example.com", "", Password, "name")]
    [InlineData("x@example.com", "Ann", "eleven char", "password")]
    public async Task An_account_with_an_unacceptable_field_is_not_made(string email, string name, string password, string field)
    {
        var problem = (await _people.CreateSuperadminAsync(email, name, password, Stop)).Problem.ShouldNotBeNull();

        (problem.Status, problem.Errors.Single().Field).ShouldBe((422, field));
    }

    [Fact(Timeout = Patience)]
    public async Task An_email_belongs_to_one_person() =>
        (await _people.CreateSuperadminAsync("ANN@example.com", "Ann", Password, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(409);

    private async Task<Result<Guid>> SignInAsync(string email, string password)
    {
        var step = await _people.SignInAsync(email, password, s_address, Stop);
        return step.Problem is { } problem ? problem : step.Person!.Id;
    }
}
