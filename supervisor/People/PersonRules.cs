using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary>What an account's fields may be.</summary>
internal static class PersonRules
{
    private const int EmailMax = 254;
    private const int NameMax = 200;

    /// <summary>The one form in which an e-mail is stored and looked up.</summary>
    public static string Normal(string email) => email.Trim().ToLowerInvariant();

    /// <summary>Whether they can be looked up and compared at all.</summary>
    public static bool CouldBe(string email, string password) =>
        email.Length is > 0 and <= EmailMax && Text.IsStorable(email) && password.Length is > 0 and <= Passwords.LengthMax && Text.IsStorable(password);

    public static Problem? Refusal(string email, string name, string? password)
    {
        var errors = new List<FieldError>();
        if (!IsEmail(email)) errors.Add(new FieldError("email", "must be an e-mail address such as ann@example.com"));
        if (name.Length is 0 or > NameMax || !Text.IsStorable(name)) errors.Add(new FieldError("name", $"must be 1 to {NameMax} characters"));
        if (password is not null && PasswordComplaint(password) is { } complaint) errors.Add(new FieldError("password", complaint));
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : null;
    }

    public static string? PasswordComplaint(string password) =>
        password.Length is < Passwords.LengthMin or > Passwords.LengthMax || !Text.IsStorable(password)
            ? $"must be {Passwords.LengthMin} to {Passwords.LengthMax} characters"
            : null;

    // Beyond ASCII, lower case depends on the database's locale.
    private static bool IsEmail(string email) =>
        email.Length <= EmailMax && Ascii.IsValid(email) && EmailAddresses.Parse(email) is { } parsed && parsed.Address == email;
}
