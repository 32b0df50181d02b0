namespace Sandbox.Supervisor.People;

/// <summary>How many wrong passwords in a row lock an account, and for how long.</summary>
internal static class Lockout
{
    public const int Attempts = 5;
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(15);
}
