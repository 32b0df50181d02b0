namespace Sandbox.Supervisor.Rest;

/// <summary>
/// A feature of requests that a browser says come from our own pages, under a host name that is ours: such a call of the API may use the
/// session's cookie. Any other needs a bearer token, so that no page of somebody else acts for the one who is signed in.
/// </summary>
internal sealed class SentByOwnPage
{
    public static SentByOwnPage Instance { get; } = new();

    private SentByOwnPage()
    {
    }
}
