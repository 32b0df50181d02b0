using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.People;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>Secrets, codes and recovery codes of the two-step sign-in, each taken once.</summary>
public sealed class TwoStepTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 10, TimeSpan.Zero));
    private readonly TotpCipher _cipher = new(new EphemeralDataProtectionProvider());
    private TestDatabase _database = null!;
    private PersonStore _people = null!;
    private SecondFactor _factor = null!;
    private TwoStepService _service = null!;
    private Principal _ann = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        var persons = PeopleRig.People(_database.Db, _time);
        var store = new TotpStore(_database.Db);
        _people = new PersonStore(_database.Db);
        _factor = new SecondFactor(store, _cipher, _time);
        _service = new TwoStepService(store, _cipher, _factor, _people, persons, new Guesses(_people, _time), _time);
        var id = (await persons.CreateSuperadminAsync("ann@example.com", "Ann", Password, Stop)).Value;
        _ann = new Principal(PrincipalKind.Member, id, "ann@example.com", null, Superadmin: true, new HashSet<string>());
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task It_is_off_until_a_code_of_the_app_confirms_it_and_off_again_by_password_and_code()
    {
        var begun = (await _service.BeginAsync(_ann, new TotpBegin { Password = Password }, Stop)).Value.ShouldNotBeNull();
        var secret = Base32Encoding.ToBytes(begun.Secret);
        begun.Address.ShouldStartWith("otpauth://totp/");
        begun.Address.ShouldContain($"secret={begun.Secret}");
        begun.Qr.Size.ShouldBeGreaterThan(28);
        begun.Qr.Path.ShouldStartWith("M");
        (await _factor.IsOnAsync(_ann.Id, Stop)).ShouldBeFalse();

        FieldOf(await _service.ConfirmAsync(_ann, new TotpConfirm { Code = CodeOf(secret, -2) }, Stop)).ShouldBe("code");
        var codes = (await _service.ConfirmAsync(_ann, new TotpConfirm { Code = CodeOf(secret, 0) }, Stop)).Value.ShouldNotBeNull().Codes;

        codes.Distinct(StringComparer.Ordinal).Count().ShouldBe(10);
        var account = (await _people.GetAsync(_ann.Id, Stop)).ShouldNotBeNull();
        (account.Totp, account.TotpSince, account.RecoveryCodesLeft).ShouldBe((true, _time.GetUtcNow(), 10));
        (await _service.BeginAsync(_ann, new TotpBegin { Password = Password }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(409);

        FieldOf(await _service.EndAsync(_ann, new TotpEnd { Password = "another horse", Code = codes[0] }, Stop)).ShouldBe("password");
        FieldOf(await _service.EndAsync(_ann, new TotpEnd { Password = Password, Code = "000" }, Stop)).ShouldBe("code");
        (await _service.EndAsync(_ann, new TotpEnd { Password = Password, Code = CodeOf(secret, 1) }, Stop)).Value.ShouldBeTrue();
        (await _people.GetAsync(_ann.Id, Stop)).ShouldNotBeNull().Totp.ShouldBeFalse();
        (await _factor.UseAsync(_ann.Id, codes[1], Stop)).ShouldBe(UsedCode.None);
    }

    [Fact(Timeout = Patience)]
    public async Task A_wrong_password_begins_nothing_and_five_of_them_lock()
    {
        for (var i = 0; i < 4; i++)
            FieldOf(await _service.BeginAsync(_ann, new TotpBegin { Password = "another horse" }, Stop)).ShouldBe("password");

        (await _service.BeginAsync(_ann, new TotpBegin(), Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(429);
        (await _service.BeginAsync(_ann, new TotpBegin { Password = Password }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(429);
        (await _service.ConfirmAsync(_ann, new TotpConfirm { Code = "123456" }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(409);
    }

    [Fact(Timeout = Patience)]
    public async Task A_right_password_takes_back_its_own_attempt_and_not_the_wrong_codes_before_it()
    {
        var (_, codes) = await SwitchOnAsync();
        for (var i = 0; i < 4; i++)
        {
            FieldOf(await _service.EndAsync(_ann, new TotpEnd { Password = Password, Code = "000000x" }, Stop)).ShouldBe("code");
            (await _service.RenewAsync(_ann, new RecoveryRenewal { Password = Password }, Stop)).Problem.ShouldBeNull();
        }

        var fifth = await _service.EndAsync(_ann, new TotpEnd { Password = Password, Code = codes[0] }, Stop);

        fifth.Problem.ShouldNotBeNull().Status.ShouldBe(429);
    }

    [Fact(Timeout = Patience)]
    public async Task A_code_of_the_app_is_taken_within_one_step_and_once_though_two_ask_at_once()
    {
        var (secret, _) = await SwitchOnAsync();
        _time.Advance(5 * s_step);

        (await _factor.UseAsync(_ann.Id, CodeOf(secret, -2), Stop)).ShouldBe(UsedCode.None);
        (await _factor.UseAsync(_ann.Id, CodeOf(secret, 2), Stop)).ShouldBe(UsedCode.None);
        (await _factor.UseAsync(_ann.Id, CodeOf(secret, -1), Stop)).ShouldBe(UsedCode.App);
        (await _factor.UseAsync(_ann.Id, CodeOf(secret, -1), Stop)).ShouldBe(UsedCode.None);

        var now = CodeOf(secret, 0);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _factor.UseAsync(_ann.Id, now, Stop)));
        taken.Count(code => code == UsedCode.App).ShouldBe(1);
        (await _factor.UseAsync(_ann.Id, CodeOf(secret, 1), Stop)).ShouldBe(UsedCode.App);
        (await _factor.UseAsync(_ann.Id, now, Stop)).ShouldBe(UsedCode.None);
    }

    [Fact(Timeout = Patience)]
    public async Task A_recovery_code_is_taken_once_however_it_is_written_and_new_ones_end_it()
    {
        var (_, codes) = await SwitchOnAsync();
        var written = codes[0].ToUpperInvariant().Replace('-', ' ');

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _factor.UseAsync(_ann.Id, written, Stop)));
        taken.Count(code => code == UsedCode.Recovery).ShouldBe(1);
        (await _factor.UseAsync(_ann.Id, codes[0], Stop)).ShouldBe(UsedCode.None);
        (await _people.GetAsync(_ann.Id, Stop)).ShouldNotBeNull().RecoveryCodesLeft.ShouldBe(9);

        var renewed = (await _service.RenewAsync(_ann, new RecoveryRenewal { Password = Password }, Stop)).Value.ShouldNotBeNull();
        (await _factor.UseAsync(_ann.Id, codes[1], Stop)).ShouldBe(UsedCode.None);
        (await _factor.UseAsync(_ann.Id, renewed.Codes[1], Stop)).ShouldBe(UsedCode.Recovery);
    }

    [Fact(Timeout = Patience)]
    public async Task The_tables_hold_neither_the_secret_nor_a_recovery_code_and_a_secret_opens_for_its_person_alone()
    {
        var (secret, codes) = await SwitchOnAsync();
        await using var admin = await _database.AsSuperuserAsync();
        var stored = await admin.ScalarAsync<byte[]>("select secret from sandbox.totp");
        var hashes = await admin.ScalarAsync<string>("select string_agg(encode(hash, 'escape'), '') from sandbox.recovery_codes");

        stored.AsSpan().IndexOf(secret).ShouldBe(-1);
        stored.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Base32Encoding.ToString(secret))).ShouldBe(-1);
        foreach (var code in codes) hashes.ShouldNotContain(code.Replace("-", "", StringComparison.Ordinal));
        _cipher.Decrypt(_ann.Id, stored).ShouldBe(secret);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => _cipher.Decrypt(Guid.NewGuid(), stored));
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_has_no_two_step_sign_in()
    {
        var token = new Principal(PrincipalKind.Token, _ann.Id, "ci", null, Superadmin: true, new HashSet<string>());

        (await _service.BeginAsync(token, new TotpBegin { Password = Password }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(404);
        (await _service.ConfirmAsync(token, new TotpConfirm { Code = "123456" }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(404);
        (await _service.EndAsync(token, new TotpEnd { Password = Password }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(404);
        (await _service.RenewAsync(token, new RecoveryRenewal { Password = Password }, Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(404);
    }

    private static string? FieldOf<T>(Result<T> result) => result.Problem?.Errors.Single().Field;

    private string CodeOf(byte[] secret, int steps) => new Totp(secret).ComputeTotp((_time.GetUtcNow() + (steps * s_step)).UtcDateTime);

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes)> SwitchOnAsync()
    {
        var begun = (await _service.BeginAsync(_ann, new TotpBegin { Password = Password }, Stop)).Value.ShouldNotBeNull();
        var secret = Base32Encoding.ToBytes(begun.Secret);
        var confirmed = await _service.ConfirmAsync(_ann, new TotpConfirm { Code = CodeOf(secret, 0) }, Stop);
        return (secret, confirmed.Value.ShouldNotBeNull().Codes);
    }
}
