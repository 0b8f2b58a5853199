namespace Weir.Linux;

// linux/io_uring.h, sys/mman.h
public static partial class Uapi
{
    // io_uring_setup(2)
    public const uint IORING_SETUP_CQSIZE = 1 << 3;
    public const uint IORING_SETUP_CLAMP = 1 << 4;
    public const uint IORING_SETUP_R_DISABLED = 1 << 6;
    public const uint IORING_SETUP_SUBMIT_ALL = 1 << 7;
    public const uint IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    public const uint IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    public const uint IORING_SETUP_NO_SQARRAY = 1 << 16;
    public const uint IORING_FEAT_SINGLE_MMAP = 1 << 0;
    public const uint IORING_FEAT_NODROP = 1 << 1;
    public const uint IORING_FEAT_EXT_ARG = 1 << 8;
    public const uint IORING_FEAT_RSRC_TAGS = 1 << 10;
    public const uint IORING_FEAT_CQE_SKIP = 1 << 11;

    // Offsets of the mappings
    public const long IORING_OFF_SQ_RING = 0;
    public const long IORING_OFF_SQES = 0x10000000;

    // io_uring_enter(2)
    public const uint IORING_ENTER_GETEVENTS = 1 << 0;
    public const uint IORING_ENTER_EXT_ARG = 1 << 3;
    public const uint IORING_SQ_CQ_OVERFLOW = 1 << 1;

    // io_uring_register(2)
    public const int IORING_REGISTER_ENABLE_RINGS = 12;
    public const int IORING_REGISTER_PBUF_RING = 22;

    // Operations
    public const int IORING_OP_NOP = 0;
    public const int IORING_OP_POLL_ADD = 6;
    public const int IORING_OP_ACCEPT = 13;
    public const int IORING_OP_ASYNC_CANCEL = 14;
    public const int IORING_OP_RECV = 27;
    public const int IORING_OP_MSG_RING = 40;
    public const int IOSQE_BUFFER_SELECT = 1 << 5;
    public const int IOSQE_CQE_SKIP_SUCCESS = 1 << 6;
    public const uint IORING_POLL_ADD_MULTI = 1 << 0;
    public const int IORING_ACCEPT_MULTISHOT = 1 << 0;
    public const int IORING_RECV_MULTISHOT = 1 << 1;

    // Completions
    public const uint IORING_CQE_F_BUFFER = 1 << 0;
    public const uint IORING_CQE_F_MORE = 1 << 1;
    public const int IORING_CQE_BUFFER_SHIFT = 16;

    // mmap(2)
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_POPULATE = 0x8000;
}
